package casestest

// Contract has the promises, for tests that see whether each is checked.
var Contract = contract
