/*
 * What a linker that drops unused functions leaves of BoringSSL, which is C++ by now, in a program.
 */
int RAND_bytes(unsigned char *bytes, unsigned long length);
int bcm_rand_bytes(unsigned char *bytes,
                   unsigned long length) __asm__("_ZN4bssl14BCM_rand_bytesEPhm");

int bcm_rand_bytes(unsigned char *bytes, unsigned long length)
{
    return bytes && length == 0;
}

int RAND_bytes(unsigned char *bytes, unsigned long length)
{
    return bcm_rand_bytes(bytes, length);
}
