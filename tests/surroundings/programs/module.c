/*
 * A module that is linked to OpenSSL. Its key is drawn inside OpenSSL, its bytes by the function
 * that the shim defines too.
 */
#include <openssl/bn.h>
#include <openssl/rand.h>

int module_key(unsigned char *buffer, int length);
int module_bytes(unsigned char *buffer, int length);

int module_key(unsigned char *buffer, int length)
{
    BIGNUM *number = BN_new();
    int drawn = BN_rand(number, 8 * length, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
                BN_bn2binpad(number, buffer, length) == length;

    BN_free(number);
    return drawn;
}

int module_bytes(unsigned char *buffer, int length)
{
    return RAND_bytes(buffer, length);
}
