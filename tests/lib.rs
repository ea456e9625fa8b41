//! Nothing: the suite is the test target beside this file, and a package needs a library or a binary.
