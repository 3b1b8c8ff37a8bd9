/* survey: what the files of espy survey share; only they include this. */
#ifndef ESPY_CMD_SURVEY_H
#define ESPY_CMD_SURVEY_H

struct nodes;
struct survey;

/* All of it, and who did not answer, to standard output. */
void survey_print(const struct nodes *ns, const struct survey *s);
void survey_print_json(const struct nodes *ns, const struct survey *s);

#endif
