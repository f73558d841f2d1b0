#pragma once

/* The wire kinds of this folder (1 to 19 are its share). */
enum
{
  INF_KIND_CERTIFICATE = 1,
  INF_KIND_REVOCATIONS = 2,
  INF_KIND_INVITE = 3,
  INF_KIND_ENROLMENT_REQUEST = 4,
  INF_KIND_ENROLMENT_REPLY = 5,
  INF_KIND_MEMBERSHIP_FILE = 6,
  INF_KIND_INVITE_BOOK_FILE = 7,
};
