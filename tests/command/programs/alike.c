/* What the shim takes for an OpenSSL, of a version that exists nowhere else. */
const char alike_version[] = "OpenSSL 3.0.99 1 Jan 2099";

int RAND_set_rand_method(const void *method);
int RAND_set_rand_method(const void *method)
{
    return method != 0;
}

unsigned long OpenSSL_version_num(void);
unsigned long OpenSSL_version_num(void)
{
    return 0x30000630UL;
}

int RAND_bytes(unsigned char *buffer, int length);
int RAND_bytes(unsigned char *buffer, int length)
{
    return buffer && length == 0;
}
