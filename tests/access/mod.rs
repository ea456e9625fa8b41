//! Who may do what, tried on the running server.
