/*
 * What a copy of OpenSSL is to who looks for it: functions that the object does not export, among
 * them the one from which it is recognised. Compiled once for each COPY of them in an object.
 */
#define JOIN_BOTH(one, other) one##other
#define JOIN(one, other) JOIN_BOTH(one, other)

typedef int function(void);

function *JOIN(function_of_copy_, COPY)(int which);

static __attribute__((noinline)) int OPENSSL_cpuid_setup(void)
{
    return COPY;
}

static __attribute__((noinline)) int copied_first(void)
{
    return 10 * COPY + 1;
}

static __attribute__((noinline)) int copied_second(void)
{
    return 10 * COPY + 2;
}

static int copied_data = COPY;

function *JOIN(function_of_copy_, COPY)(int which)
{
    static function *const volatile all[] = {OPENSSL_cpuid_setup, copied_first, copied_second};

    return all[which + (copied_data != COPY)];
}
