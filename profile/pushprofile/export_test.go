package pushprofile

// Encrypt lets tests give what is random otherwise.
var Encrypt = encrypt
