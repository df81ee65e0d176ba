/* What tells AWS-LC from BoringSSL, which it comes from. */
unsigned long OpenSSL_version_num(void);
unsigned long OpenSSL_version_num(void)
{
    return 0x1010107fUL;
}

int RAND_bytes(unsigned char *buffer, int length);
int RAND_bytes(unsigned char *buffer, int length)
{
    return buffer && length == 0;
}

int RAND_set_rand_method(const void *method);
int RAND_set_rand_method(const void *method)
{
    return method != 0;
}

int BORINGSSL_self_test(void);
int BORINGSSL_self_test(void)
{
    return 1;
}

const char *awslc_version_string(void);
const char *awslc_version_string(void)
{
    return "AWS-LC 1.0.0";
}
