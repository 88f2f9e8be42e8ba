package search

// A Team says which of the two rankings of a trial brought a hit.
type Team string

// The teams.
const (
	TeamLive  Team = "l" // the ranking that everybody else gets
	TeamOther Team = "o" // the one that is tried
)
