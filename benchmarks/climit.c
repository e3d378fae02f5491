/* The limit: getdents64 + statx on every entry under a folder, sizes summed, nothing else.
   With "rules" it looks away where the typical rules of trees.py do: prunes folders by name.
   With "attributes" it asks for what exact figures need besides: the extended attributes of every file and folder, and
   the folders' own times.
   cc -O2 -o climit climit.c && ./climit FOLDER [rules] [attributes] */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <unistd.h>

struct linux_dirent64 { unsigned long long ino; long long off; unsigned short len; unsigned char type; char name[]; };

static unsigned long long files, folders, bytes, attributes;
static int with_rules, with_attributes;

static const char *pruned[] = {".git", ".venv", "__pycache__", "bin", "dist", "node_modules", "obj", 0};
static const char *dropped[] = {".dockerignore", ".env", 0};

static int among(const char **names, const char *name) {
    for (; *names; names++)
        if (!strcmp(*names, name)) return 1;
    return 0;
}

static int skipped(const char *name, int depth, int first) {
    return among(pruned, name) || (depth == 0 && !strcmp(name, "docs")) || (depth == 2 && !first && !strcmp(name, "fixtures"));
}

static int unwanted(const char *name, int depth) {
    size_t length = strlen(name);
    return (length > 4 && !strcmp(name + length - 4, ".pyc")) || !strncmp(name, "Dockerfile", 10) ||
           !strncmp(name, "docker-compose", 14) || among(dropped, name) || (depth == 0 && !strcmp(name, "README.md"));
}

static void ask(const char *name) {
    char list[256];
    if (llistxattr(name, list, sizeof list) > 0) attributes++;
}

static void walk(int fd, int depth, int first) {
    char *buffer = malloc(32768);
    char **names = 0;
    size_t count = 0, room = 0;
    long got;
    if (with_attributes) {
        struct stat here;
        if (!fstat(fd, &here) && !fchdir(fd)) ask(".");
    }
    while ((got = syscall(SYS_getdents64, fd, buffer, 32768)) > 0)
        for (long at = 0; at < got;) {
            struct linux_dirent64 *entry = (struct linux_dirent64 *)(buffer + at);
            at += entry->len;
            const char *name = entry->name;
            if (name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]))) continue;
            if (entry->type == DT_DIR) {
                if (with_rules && skipped(name, depth, first)) continue;
                if (count == room) names = realloc(names, (room = room ? room * 2 : 16) * sizeof *names);
                names[count++] = strdup(name);
            } else if (!with_rules || !unwanted(name, depth)) {
                struct statx here;
                if (!statx(fd, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &here)) { files++; bytes += here.stx_size; }
                if (with_attributes) ask(name);
            }
        }
    free(buffer);
    for (size_t at = 0; at < count; at++) {
        int child = openat(fd, names[at], O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        if (child >= 0) { folders++; walk(child, depth + 1, !strcmp(names[at], "service-000")); close(child); }
        free(names[at]);
    }
    free(names);
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    for (int at = 2; at < argc; at++)
        if (!strcmp(argv[at], "rules")) with_rules = 1;
        else with_attributes = 1;
    int fd = open(argv[1], O_RDONLY | O_DIRECTORY);
    if (fd < 0) return 1;
    walk(fd, 0, 0);
    printf("%llu files %llu folders %llu bytes %llu with attributes\n", files, folders, bytes, attributes);
    return 0;
}
