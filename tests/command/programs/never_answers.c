/*
 * never_answers DIRECTORY read|lookup: puts a file system of its own over a directory of its mount
 * namespace, prints "ready", and serves it until it is killed. It has one file, lib.so, and never
 * answers who reads from it; with lookup, who looks for any name. <linux/fuse.h> is the protocol.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_NODE = 2, FILE_SIZE = 1 << 20, ANSWER_ROOM = 4096 };

static int device;
static int answers_lookups;

static void answer(const struct fuse_in_header *question, int error, const void *body, size_t size)
{
    char answer[ANSWER_ROOM];
    struct fuse_out_header head = {
        .len = (uint32_t)(sizeof(head) + size), .error = error, .unique = question->unique};

    memcpy(answer, &head, sizeof(head));
    if (size)
        memcpy(answer + sizeof(head), body, size);
    if (write(device, answer, head.len) < 0)
        perror("never_answers: write");
}

static struct fuse_attr attributes_of(uint64_t node)
{
    if (node == FUSE_ROOT_ID)
        return (struct fuse_attr){.ino = node, .mode = S_IFDIR | 0755, .nlink = 2};
    return (struct fuse_attr){
        .ino = node, .mode = S_IFREG | 0755, .nlink = 1, .size = FILE_SIZE, .blocks = 8};
}

static void answer_lookup(const struct fuse_in_header *question)
{
    const char *name = (const char *)(question + 1);
    struct fuse_entry_out entry = {.nodeid = FILE_NODE,
                                   .attr_valid = 3600,
                                   .entry_valid = 3600,
                                   .attr = attributes_of(FILE_NODE)};

    if (strcmp(name, "lib.so") == 0)
        answer(question, 0, &entry, sizeof(entry));
    else
        answer(question, -ENOENT, NULL, 0);
}

static void obey(const struct fuse_in_header *question)
{
    const struct fuse_init_in *wish = (const struct fuse_init_in *)(question + 1);
    const struct fuse_open_out opened = {.fh = 1};
    struct fuse_init_out init = {
        .major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = 4096};
    struct fuse_attr_out attributes = {.attr_valid = 3600, .attr = attributes_of(question->nodeid)};

    switch (question->opcode) {
    case FUSE_INIT:
        init.minor = wish->minor < init.minor ? wish->minor : init.minor;
        answer(question, 0, &init, sizeof(init));
        break;
    case FUSE_GETATTR:
        answer(question, 0, &attributes, sizeof(attributes));
        break;
    case FUSE_LOOKUP:
        if (answers_lookups)
            answer_lookup(question);
        break;
    case FUSE_OPEN:
    case FUSE_OPENDIR:
        answer(question, 0, &opened, sizeof(opened));
        break;
    case FUSE_READ:
    case FUSE_FORGET:
        break;
    default:
        answer(question, -ENOSYS, NULL, 0);
    }
}

int main(int argc, char **argv)
{
    static char question[1 << 17] __attribute__((aligned(8)));
    char options[64];

    if (argc < 3)
        return 2;
    answers_lookups = strcmp(argv[2], "read") == 0;
    device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", device);
    if (device < 0 || mount("never", argv[1], "fuse", 0, options) != 0) {
        perror("never_answers");
        return 99;
    }
    puts("ready");
    fflush(stdout);
    while (read(device, question, sizeof(question)) > 0)
        obey((const struct fuse_in_header *)question);
    return 0;
}
