/*
 * libosrandom_preload.so, on one page.
 *
 * Named in LD_PRELOAD, it makes the OpenSSLs of a process draw their random bytes from the
 * operating system:
 *
 *   1. The constructor below, or the moment before it at which an OpenSSL asks for OPENSSL_ia32cap
 *      (interpose.c), has activate.c look for every OpenSSL that is mapped (find.c) ...
 *   2. ... and pin our RAND_METHOD in it (method.c), with the program's right to its own memory
 *      functions kept (mem_hooks.c). From then on, OpenSSL's own draws are ours.
 *   3. Programs' direct calls of RAND_bytes() and its kin arrive at interpose.c, which serves them,
 *      and keeps out other methods and engines.
 *   4. An OpenSSL that is loaded later asks for OPENSSL_ia32cap as well, and goes the same way.
 *   5. The bytes come from platform/: the kernel's vDSO, or its system call, or /dev/urandom.
 *
 * Nothing is linked: every import is weak (imports.h), every function of OpenSSL is looked up in
 * its own symbol table. In a process without OpenSSL, the constructor is all that runs.
 */
#include "activate.h"
#include "shim.h"

__attribute__((constructor)) static void shim_constructor(void)
{
    shim_start();
    activate_all();
}
