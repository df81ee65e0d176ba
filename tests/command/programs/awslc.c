/*
 * A library with the names of AWS-LC.
 */
int RAND_bytes(unsigned char *bytes, unsigned long length);
int RAND_set_rand_method(const void *method);
unsigned long OpenSSL_version_num(void);
int BORINGSSL_self_test(void);
const char *awslc_version_string(void);

int RAND_bytes(unsigned char *bytes, unsigned long length)
{
    return bytes && length == 0;
}

int RAND_set_rand_method(const void *method)
{
    return method != 0;
}

unsigned long OpenSSL_version_num(void)
{
    return 0x1010107f;
}

int BORINGSSL_self_test(void)
{
    return 1;
}

const char *awslc_version_string(void)
{
    return "AWS-LC 1.0.0";
}
