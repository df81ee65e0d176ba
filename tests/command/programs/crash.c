/* A shim that ends every program that loads it. */
__attribute__((constructor)) static void crash(void)
{
    __builtin_trap();
}
