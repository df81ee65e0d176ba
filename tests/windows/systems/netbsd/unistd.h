/* What platform/ uses of this system's header. */
#include <stddef.h>
int getentropy(void *buffer, size_t length);
