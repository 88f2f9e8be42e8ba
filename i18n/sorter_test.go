package i18n_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
)

func TestSorter(t *testing.T) {
	for l, want := range map[i18n.Locale][]string{
		"en":      {"Item 9", "Item 10", "zebra", "Zoo"},
		"de":      {"Apfel", "Äpfel", "Zug"},
		"sv":      {"Apa", "Zoo", "Åka", "Ära", "Öga"},
		"es":      {"nube", "ñandú", "oso"},
		"cs":      {"cihla", "hrad", "chata", "ikona"},
		"unknown": {"a", "B", "c"},
	} {
		got := slices.Clone(want)
		slices.Reverse(got)
		i18n.NewSorter(l).Strings(got)
		require.Equal(t, want, got, "%s", l)
	}
}

func TestSorterDependsOnTheLanguage(t *testing.T) {
	require.Negative(t, i18n.NewSorter("de").Compare("Äpfel", "Zug"))
	require.Positive(t, i18n.NewSorter("sv").Compare("Äpfel", "Zug"))
	require.Zero(t, i18n.NewSorter("de").Compare("a", "a"))
	require.Positive(t, i18n.NewSorter("de").Compare("é", "e\u0301"), "two spellings of one name have an order")
	require.Negative(t, i18n.NewSorter("de").Compare("e\u0301", "é"))
}

func TestSortBy(t *testing.T) {
	type topic struct {
		id   int
		name string
	}
	topics := []topic{{1, "b"}, {2, "Ä"}, {3, "a"}, {4, "b"}}
	i18n.SortBy(i18n.NewSorter("de"), topics, func(t topic) string { return t.name })
	require.Equal(t, []topic{{3, "a"}, {2, "Ä"}, {1, "b"}, {4, "b"}}, topics)
}

// TestSortByAgreesWithCompare on names that differ in little.
func TestSortByAgreesWithCompare(t *testing.T) {
	names := []string{"resume", "Resume", "résumé", "résume", "resumé", "re-sume", "re sume", "", " ", "é", "e\u0301", "10", "9", "1.5"}
	s := i18n.NewSorter("fr")
	s.Strings(names)
	require.True(t, slices.IsSortedFunc(names, s.Compare), "%q", names)
}
