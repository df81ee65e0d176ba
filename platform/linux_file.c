/*
 * fstat(2) with the kernel's own structure, which 32-bit machines have under another name.
 */
#include "linux_file.h"

#include <asm/stat.h>

#include "linux_syscall.h"

#ifdef SYS_fstat64
enum { FSTAT = SYS_fstat64 };
typedef struct stat64 kernel_stat;
#else
enum { FSTAT = SYS_fstat };
typedef struct stat kernel_stat;
#endif

/* st_mode: inode(7). <linux/stat.h> leaves them out once a header of glibc's was included. */
enum { TYPE = 0170000, CHARACTER_DEVICE = 0020000, REGULAR = 0100000, BY_OTHERS = 022 };

bool linux_file_of(int descriptor, struct linux_file *file)
{
    kernel_stat now = {0};

    if (linux_syscall(FSTAT, descriptor, &now) != 0)
        return false;
    file->device = now.st_dev;
    file->inode = now.st_ino;
    file->special = (now.st_mode & TYPE) == CHARACTER_DEVICE ? now.st_rdev : 0;
    file->owner = now.st_uid;
    file->may_be_written_by_others = now.st_mode & BY_OTHERS;
    file->regular = (now.st_mode & TYPE) == REGULAR;
    return true;
}
