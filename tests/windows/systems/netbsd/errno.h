/* What platform/ uses of this system's header. */
int *__errno(void);
#define errno (*__errno())
#define EINTR 4
#define EIO 5
#define EAGAIN 35
#define ENOSYS 78
