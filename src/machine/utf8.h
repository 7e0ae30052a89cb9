/* Any bytes, as a file's name may have, as text for people and for JSON. */
#ifndef KNN_UTF8_H
#define KNN_UTF8_H

/* Leaves one line of UTF-8: every byte that is a control character or not part of a character becomes '?'. */
void knn_utf8_clean(char *text);

#endif
