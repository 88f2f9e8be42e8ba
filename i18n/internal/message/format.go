package message

import "slices"

// format is a type of argument and the styles it takes, the default first.
type format struct {
	name   string
	kind   Kind
	styles []string
}

var moments = []string{"medium", "short", "long", "full"}

var formats = map[string]format{
	"number":   {"number", KindNumber, []string{"", "percent"}},
	"date":     {"date", KindDate, moments},
	"time":     {"time", KindTime, []string{"short", "medium", "long", "full"}},
	"datetime": {"datetime", KindDateTime, moments},
	"relative": {"relative", KindRelative, []string{""}},
	"money":    {"money", KindMoney, []string{""}},
	"list":     {"list", KindList, []string{"and", "or"}},
	"size":     {"size", KindSize, []string{""}},
	"duration": {"duration", KindDuration, []string{""}},
}

func (f format) takes(style string) bool {
	if f.kind == KindMoney {
		return style == "" || isCurrency(style)
	}
	return slices.Contains(f.styles, style)
}

func isCurrency(s string) bool {
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return len(s) == 3
}
