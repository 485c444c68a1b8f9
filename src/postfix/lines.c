/*
 * The lexical level that main.cf and master.cf share: files, logical lines,
 * "name = value", words and braces.  The rules are those of Postfix's
 * readllines(3), split_nameval(3), mystrtok(3), extpar(3) and
 * dict_load_file_xt().
 */
#include "postfix/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/descriptor.h"

/* Larger than any configuration, small enough to survive a hostile one. */
enum { FILE_LIMIT = 64 * 1024 * 1024 };

/*
 * White space as Postfix's ISSPACE() has it, whatever the locale.
 */
bool lines_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * Begin to read length bytes of content, which the reader changes and whose
 * byte at content[length] is a NUL.  Messages name path; warnings may be NULL.
 */
void lines_begin(struct lines *lines, char *content, size_t length,
		 const char *path, struct text *warnings)
{
	*lines = (struct lines){ content, content + length, 0, path, warnings };
}

/* Join the physical lines of one logical line at its place in the buffer. */
static char *join(struct lines *lines, size_t *first_line, size_t *length)
{
	char *start = lines->next;
	char *to = start;

	while (lines->next < lines->end) {
		char *from = lines->next;
		char *newline = memchr(from, '\n', (size_t)(lines->end - from));
		char *stop = newline != NULL ? newline : lines->end;
		char *first = from;

		lines->next = newline != NULL ? newline + 1 : lines->end;
		lines->line++;
		while (first < stop && lines_is_space(*first))
			first++;
		if (first < stop && *first != '#') {
			if (to == start)
				*first_line = lines->line;
			memmove(to, from, (size_t)(stop - from));
			to += stop - from;
		}
		/* Comments and blank lines do not end what may go on after them. */
		if (to > start && lines->next < lines->end &&
		    *lines->next != '#' && !lines_is_space(*lines->next))
			break;
	}
	*to = '\0';
	*length = (size_t)(to - start);
	return start;
}

/*
 * Return the next logical line and the number of its first physical line, or
 * NULL at the end.  It ends at its first NUL byte, as it does for Postfix.
 */
char *lines_next(struct lines *lines, size_t *line)
{
	for (;;) {
		size_t length;
		char *text = join(lines, line, &length);

		if (length == 0)
			return NULL;
		if (!lines_is_space(*text))
			return text;
		if (lines->warnings != NULL)
			text_printf(lines->warnings,
				    "%s, line %zu: logical line must not start with "
				    "whitespace: \"%.30s%s\"; it is ignored\n",
				    lines->path, *line, text, length > 30 ? "..." : "");
	}
}

/*
 * Split a logical line into name and value, in place.  Return NULL, or
 * Postfix's words for what is wrong.
 */
const char *lines_split(char *line, char **name, char **value)
{
	char *next = line;
	char *name_end;
	char *value_end;

	while (lines_is_space(*next))
		next++;
	if (*next == '\0' || *next == '=')
		return "missing attribute name";
	*name = next;
	while (*next != '\0' && *next != '=' && !lines_is_space(*next))
		next++;
	name_end = next;
	while (lines_is_space(*next))
		next++;
	if (*next != '=')
		return "missing '=' after attribute name";
	*name_end = '\0';
	next++;
	while (lines_is_space(*next))
		next++;
	*value = next;
	value_end = next + strlen(next);
	while (value_end > next && lines_is_space(value_end[-1]))
		value_end--;
	*value_end = '\0';
	return NULL;
}

/*
 * Return the next word of *rest, terminated in place, or NULL at the end.
 * Separators inside {} do not end a word (Postfix's mystrtokq()).
 */
char *lines_next_word(char **rest, const char *separators)
{
	char *start = *rest + strspn(*rest, separators);
	char *p;
	int level = 0;

	if (*start == '\0') {
		*rest = start;
		return NULL;
	}
	for (p = start; *p != '\0'; p++) {
		if (*p == '{')
			level++;
		else if (level > 0 && *p == '}')
			level--;
		else if (level == 0 && strchr(separators, *p) != NULL) {
			*p++ = '\0';
			break;
		}
	}
	*rest = p;
	return start;
}

/*
 * Strip the braces off a word that begins with one, and the blanks within
 * them (Postfix's extpar()).  Return NULL, or what is wrong with the word; it
 * is made the best of then, as Postfix does.
 */
const char *lines_strip_braces(char **word)
{
	const char *wrong = NULL;
	char *p = *word;
	char *end;
	int level = 0;

	for (end = p; *end != '\0'; end++) {
		level += (*end == '{') - (*end == '}');
		if (level == 0)
			break;
	}
	if (*end == '\0')
		wrong = "missing '}'";
	else if (end[1] != '\0')
		wrong = "syntax error after '}'";
	*end = '\0';
	p++;
	while (lines_is_space(*p))
		p++;
	while (end > p && lines_is_space(end[-1]))
		*--end = '\0';
	*word = p;
	return wrong;
}

static bool same_version(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Read as much as stat(2) said there is: one system call. */
static bool read_once(int fd, const struct stat *status, struct text *content)
{
	ssize_t got;

	text_clear(content);
	text_reserve(content, (size_t)status->st_size);
	got = descriptor_read(fd, content->data, (size_t)status->st_size);
	if (got < 0)
		return false;
	content->length = (size_t)got;
	content->data[got] = '\0';
	return true;
}

/*
 * Does an error of reading a file say nothing of the file?  Next time it may be
 * there, and good.
 */
bool lines_may_be_there(int error)
{
	static const int errors[] = {
		EIO, ENOMEM, EMFILE, ENFILE, EACCES, EPERM, EAGAIN, EINTR, ESTALE, ETIMEDOUT,
	};

	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (error == errors[i])
			return true;
	return false;
}

/*
 * Read a configuration file, a regular one, as a whole, in place of what
 * content holds.  A file that changes meanwhile is read again: Postfix, too,
 * waits until a file has cooled down.  Return false with the reason, and errno
 * set; content is then undefined.
 */
bool lines_read_file(const char *path, struct text *content, struct text *why)
{
	enum { TRIES = 5 };

	for (int try = 0; try < TRIES; try++) {
		/* O_NONBLOCK: a FIFO in this place must not hold us up. */
		int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		struct stat before;
		struct stat after;
		bool ok;

		if (fd < 0)
			return text_fail(why, "open %s: %s", path, strerror(errno));
		ok = fstat(fd, &before) == 0;
		if (ok && !S_ISDIR(before.st_mode) && !S_ISREG(before.st_mode)) {
			descriptor_close(fd);
			return text_fail(why, "read %s: it is not a regular file", path);
		}
		if (ok && S_ISDIR(before.st_mode)) {
			errno = EISDIR;
			ok = false;
		} else if (ok && before.st_size > FILE_LIMIT) {
			errno = EFBIG;
			ok = false;
		}
		ok = ok && read_once(fd, &before, content) && fstat(fd, &after) == 0;
		descriptor_close(fd);
		if (!ok)
			return text_fail(why, "read %s: %s", path, strerror(errno));
		if (same_version(&before, &after) &&
		    content->length == (size_t)after.st_size)
			return true;
		nanosleep(&(struct timespec){ 0, 20 * 1000 * 1000 }, NULL);
	}
	text_fail(why, "read %s: it changes while it is read", path);
	errno = EAGAIN;
	return false;
}
