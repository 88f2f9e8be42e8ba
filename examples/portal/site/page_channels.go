package site

import (
	"net/url"
	"slices"

	"github.com/stoa-go/stoa/profile"
)

// A channelTable asks for each kind of notice which ways it may take.
type channelTable struct {
	Columns []string // names of the channels
	Rows    []kindRow
}

type kindRow struct {
	Kind, Title string
	Fixed       bool // it is about people's security
	Cells       []channelCell
	Error       string
}

type channelCell struct {
	Channel, Label string
	On, Fixed      bool
}

// channelsOf returns the ways a notice of a kind takes for somebody.
func channelsOf(k profile.NoticeKind, p profile.Preferences) []string {
	chosen, said := p.Notices[k.Name]
	switch {
	case !said:
		return k.Channels
	case k.Fixed:
		return append(slices.Clone(k.Channels), chosen...)
	}
	return chosen
}

func (s *Site) channelTable(v *visit, p profile.Preferences, faults map[string]string) channelTable {
	var t channelTable
	for _, c := range s.channelsFor(v) {
		t.Columns = append(t.Columns, v.P.T("notices.channel_"+c))
	}
	for _, k := range s.notifier.Kinds() {
		row := kindRow{Kind: k.Name, Title: v.P.T("notices.kind." + k.Name), Fixed: k.Fixed, Error: faults["notices."+k.Name]}
		on := channelsOf(k, p)
		for i, c := range s.channelsFor(v) {
			row.Cells = append(row.Cells, channelCell{c, t.Columns[i], slices.Contains(on, c), k.Fixed && slices.Contains(k.Channels, c)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// digestInputs ask how often each way out of the portal may be taken.
func (s *Site) digestInputs(v *visit, p profile.Preferences) (list []input) {
	for _, c := range s.channelsFor(v)[1:] {
		in := input{
			Name: "digests." + c, Label: v.P.T("notices.channel_" + c), Kind: "select", Value: string(p.Digests[c]),
			Choices: []option{{"", v.P.T("notices.often_own")}},
		}
		for _, d := range []profile.Digest{profile.DigestDaily, profile.DigestWeekly} {
			in.Choices = append(in.Choices, option{string(d), v.P.T("notices.often_" + string(d))})
		}
		list = append(list, in)
	}
	return list
}

// typedChannels puts what a form says about notices into p. What the form does
// not ask for stays, and where somebody left everything at the portal's own way
// they go on following it.
func (s *Site) typedChannels(v *visit, form url.Values, p *profile.Preferences) {
	if p.Notices == nil {
		p.Notices = map[string][]string{}
	}
	if p.Digests == nil {
		p.Digests = map[string]profile.Digest{}
	}
	shown := s.channelsFor(v)
	for _, k := range s.notifier.Kinds() {
		if !slices.Contains(form["kinds"], k.Name) {
			continue
		}
		old, said := p.Notices[k.Name]
		chosen := []string{}
		for _, c := range shown {
			if slices.Contains(form["notices."+k.Name], c) || k.Fixed && slices.Contains(k.Channels, c) {
				chosen = append(chosen, c)
			}
		}
		if !said && sameSet(chosen, only(k.Channels, shown)) {
			continue
		}
		for _, c := range old {
			if !slices.Contains(shown, c) {
				chosen = append(chosen, c)
			}
		}
		p.Notices[k.Name] = chosen
	}
	for _, c := range shown[1:] {
		if often := form["digests."+c]; len(often) > 0 {
			p.Digests[c] = profile.Digest(often[0])
		}
	}
}

// only returns those of list that are among.
func only(list, among []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(one string) bool { return !slices.Contains(among, one) })
}

func sameSet(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(one string) bool { return !slices.Contains(b, one) })
}
