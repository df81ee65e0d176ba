/*
 * A bcrypt.dll whose generator serves as often as FAILING_BCRYPT_SERVES says, and then fails. The
 * rest is what Wine's CryptGenRandom() is linked to and does not call.
 */
#define WIN32_LEAN_AND_MEAN /* <bcrypt.h> declares what is defined here */
#include <windows.h>

#include <stdlib.h>

#define RtlGenRandom SystemFunction036
BOOLEAN WINAPI RtlGenRandom(void *buffer, ULONG length);

enum { UNSUCCESSFUL = (int)0xc0000001, NOT_SUPPORTED = (int)0xc00000bb };

__declspec(dllexport) LONG WINAPI
    BCryptGenRandom(void *algorithm, UCHAR *buffer, ULONG length, ULONG flags);

LONG WINAPI BCryptGenRandom(void *algorithm, UCHAR *buffer, ULONG length, ULONG flags)
{
    static LONG left = -1;

    (void)algorithm;
    (void)flags;
    if (left < 0) {
        const char *serves = getenv("FAILING_BCRYPT_SERVES");

        left = serves ? atol(serves) : 0;
    }
    if (left == 0)
        return UNSUCCESSFUL;
    left--;
    return RtlGenRandom(buffer, length) ? 0 : UNSUCCESSFUL;
}

#define STUB(name)                                                                                 \
    __declspec(dllexport) LONG WINAPI name(void);                                                  \
    LONG WINAPI name(void)                                                                         \
    {                                                                                              \
        return NOT_SUPPORTED;                                                                      \
    }

STUB(BCryptCloseAlgorithmProvider)
STUB(BCryptCreateHash)
STUB(BCryptDestroyHash)
STUB(BCryptDestroyKey)
STUB(BCryptDuplicateHash)
STUB(BCryptFinishHash)
STUB(BCryptGetProperty)
STUB(BCryptHashData)
STUB(BCryptImportKeyPair)
STUB(BCryptOpenAlgorithmProvider)
STUB(BCryptVerifySignature)
