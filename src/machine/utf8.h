/* Text for people and for JSON out of what may be any bytes, as a file's name may. */
#ifndef KNN_UTF8_H
#define KNN_UTF8_H

/* Leaves one line of UTF-8: every byte that is a control character or no part of a character becomes '?'. */
void knn_utf8_clean(char *text);

#endif
