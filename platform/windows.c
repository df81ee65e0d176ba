/*
 * BCryptGenRandom(), Windows 7, with the generator that the system prefers; and CryptGenRandom(),
 * Windows 2000, which newer Windows call deprecated, for where the first one fails.
 *
 * Both are looked up when they are first needed, and in the system's own directory only: a DLL of
 * that name that lies beside the program is not asked for random bytes. A draw before
 * random_start() is served, but no draw may come from DllMain(): loading a library waits there. The
 * thread's last error is left alone, as errno is elsewhere.
 */
#include <windows.h>

#include <errno.h>
#include <stdatomic.h>
#include <wincrypt.h>

#include "source.h"

enum {
    LARGEST_DRAW = 1 << 30, /* lengths are 32 bits wide, and so is the long that tells them */
    SYSTEM_PREFERRED = 2,   /* BCRYPT_USE_SYSTEM_PREFERRED_RNG of <bcrypt.h> */
};

typedef LONG WINAPI bcrypt_gen_random(void *algorithm, UCHAR *buffer, ULONG length, ULONG flags);
typedef BOOL WINAPI crypt_acquire_context(HCRYPTPROV *provider, const WCHAR *container,
                                          const WCHAR *name, DWORD type, DWORD flags);
typedef BOOL WINAPI crypt_gen_random(HCRYPTPROV provider, DWORD length, BYTE *buffer);
typedef BOOL WINAPI crypt_release_context(HCRYPTPROV provider, DWORD flags);

/* Through void *, for compilers warn of a cast from one function type to another. */
static void *find(HMODULE library, const char *function)
{
    union {
        FARPROC function;
        void *address;
    } found = {library ? GetProcAddress(library, function) : NULL};

    return found.address;
}

static HMODULE load(const WCHAR *name)
{
    return LoadLibraryExW(name, NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
}

/* What a function that failed left behind as the last error is of no use to the program. */
static long served_or(int error, BOOL served, size_t length, DWORD last_error)
{
    SetLastError(last_error);
    return served ? (long)length : -error;
}

/* ---- BCryptGenRandom() ---- */

static bcrypt_gen_random *bcrypt(void)
{
    static bcrypt_gen_random *_Atomic known;

    if (!known)
        known = find(load(L"bcrypt.dll"), "BCryptGenRandom");
    return known;
}

static long draw_by_bcrypt(unsigned char *buffer, size_t length)
{
    DWORD last_error = GetLastError();
    bcrypt_gen_random *call = bcrypt();

    if (length > LARGEST_DRAW)
        length = LARGEST_DRAW;
    return served_or(call ? EIO : ENOSYS,
                     call && call(NULL, buffer, (ULONG)length, SYSTEM_PREFERRED) >= 0, length,
                     last_error);
}

/* ---- CryptGenRandom() ---- */

static crypt_gen_random *crypt_call(void)
{
    static crypt_gen_random *_Atomic known;

    if (!known)
        known = find(load(L"advapi32.dll"), "CryptGenRandom");
    return known;
}

/* A context without keys, kept for the life of the process. */
static HCRYPTPROV provider(void)
{
    static _Atomic HCRYPTPROV known;
    HCRYPTPROV none = 0, opened = 0;
    HMODULE library = known ? NULL : load(L"advapi32.dll");
    crypt_acquire_context *acquire = find(library, "CryptAcquireContextW");
    crypt_release_context *release = find(library, "CryptReleaseContext");

    if (!acquire || !release ||
        !acquire(&opened, NULL, NULL, PROV_RSA_FULL, CRYPT_VERIFYCONTEXT | CRYPT_SILENT))
        return known;
    if (!atomic_compare_exchange_strong(&known, &none, opened))
        release(opened, 0); /* another thread was faster */
    return known;
}

static long draw_by_crypt(unsigned char *buffer, size_t length)
{
    DWORD last_error = GetLastError();
    crypt_gen_random *call = crypt_call();
    HCRYPTPROV from = provider();

    if (length > LARGEST_DRAW)
        length = LARGEST_DRAW;
    return served_or(call && from ? EIO : ENOSYS, call && from && call(from, (DWORD)length, buffer),
                     length, last_error);
}

/* ---- Both ---- */

static int start_bcrypt(void)
{
    unsigned char probe;
    long got = draw_by_bcrypt(&probe, sizeof(probe));

    return got < 0 ? (int)-got : 0;
}

static int start_crypt(void)
{
    unsigned char probe;
    long got = draw_by_crypt(&probe, sizeof(probe));

    return got < 0 ? (int)-got : 0;
}

const struct source windows_bcrypt = {
    .kind = RANDOM_BCRYPT, .start = start_bcrypt, .draw = draw_by_bcrypt, .fill = random_fill_any};

const struct source windows_crypt = {.kind = RANDOM_CRYPTGENRANDOM,
                                     .start = start_crypt,
                                     .draw = draw_by_crypt,
                                     .fill = random_fill_any};
