#include "io/random.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/err.h"

enum { WORD_BYTES_MAX = 64 };

int
random_bytes(void *ret, size_t n, struct err *e)
{
	unsigned char *p = ret;
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	size_t got = 0;

	if (fd < 0)
		return err_sys(e, "open /dev/urandom");
	while (got < n) {
		ssize_t r = read(fd, p + got, n - got);

		if (r <= 0)
			break;
		got += (size_t)r;
	}
	if (got < n)
		err_sys(e, "read /dev/urandom");
	close(fd);
	return got == n ? 0 : -1;
}

int
random_word(char *ret, size_t n, struct err *e)
{
	unsigned char raw[WORD_BYTES_MAX];

	if (n > sizeof(raw))
		n = sizeof(raw);
	if (random_bytes(raw, n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		snprintf(ret + 2 * i, 3, "%02x", raw[i]);
	return 0;
}
