/* What osrandom takes for an OpenSSL, with its symbols, inside. */
const char *const openssl_inside[] = {"OpenSSL 3.0.99 1 Jan 2099", "crypto/rand/rand_lib.c",
                                      "OPENSSL_ia32cap"};

int RAND_set_rand_method(const void *method);
int RAND_set_rand_method(const void *method)
{
    return method != 0;
}

const void *RAND_get_rand_method(void);
const void *RAND_get_rand_method(void)
{
    return openssl_inside;
}

int RAND_bytes(unsigned char *buffer, int length);
int RAND_bytes(unsigned char *buffer, int length)
{
    return buffer && length == 0;
}
