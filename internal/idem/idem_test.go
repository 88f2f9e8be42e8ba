package idem_test

import (
	"errors"
	"math"
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
)

func TestIDFollowsFromTheKey(t *testing.T) {
	id := idem.ID("cases.open", "ann", "k1")
	require.Regexp(t, `^[a-z2-7]{26}$`, id)
	require.Equal(t, "ufniehezeof4df3ojwilyzuhby", id, "ids are stored: the derivation may never change")
	require.Equal(t, id, idem.ID("cases.open", "ann", "k1"))
	for _, other := range [][3]string{
		{"cases.reply", "ann", "k1"}, {"cases.open", "bob", "k1"}, {"cases.open", "ann", "k2"},
		{"cases.opena", "nn", "k1"}, {"cases.open", "annk", "1"},
	} {
		require.NotEqual(t, id, idem.ID(other[0], other[1], other[2]), "%v", other)
	}
}

func TestWithoutKeyEachIDIsNew(t *testing.T) {
	seen := map[string]bool{}
	for range 10_000 {
		id := idem.ID("cases.open", "ann", "")
		require.Len(t, id, 26)
		require.False(t, seen[id])
		seen[id] = true
	}
	require.Len(t, idem.New(), 26)
}

func TestKeys(t *testing.T) {
	for _, ok := range []string{"a", "8e03978e-40d5-43dd-bc93-6894a57f9324", " ", strings.Repeat("~", 255)} {
		require.NoError(t, idem.CheckKey(ok))
	}
	for _, bad := range []string{"", strings.Repeat("a", 256), "a\n", "\x7f", "é", "a\x00b"} {
		require.ErrorIs(t, idem.CheckKey(bad), errs.Invalid, "%q", bad)
	}
}

type part struct {
	Name string
	Tags []string
}

type input struct {
	Title  string
	Count  int
	Ratio  float64
	On     *bool
	At     time.Time
	From   netip.Addr
	Parts  []part
	Labels map[string]string
	Any    any
	Main   part
}

func sample() input {
	on := false
	return input{
		Title: "Printer on fire", Count: 3, Ratio: 0.5, On: &on,
		At:    time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC),
		From:  netip.MustParseAddr("192.0.2.7"),
		Parts: []part{{Name: "a", Tags: []string{"x", "y"}}}, Labels: map[string]string{"a": "1", "b": "2"},
	}
}

func TestHashTellsInputsApart(t *testing.T) {
	base := idem.Hash(sample())
	require.Regexp(t, `^[a-z2-7]{26}$`, base)
	changes := map[string]func(*input){
		"text":         func(v *input) { v.Title = "Printer on Fire" },
		"invalid text": func(v *input) { v.Title = "\xff" },
		"other bytes":  func(v *input) { v.Title = "\xfe" },
		"number":       func(v *input) { v.Count = 4 },
		"sign":         func(v *input) { v.Count = -3 },
		"ratio":        func(v *input) { v.Ratio = math.NaN() },
		"true":         func(v *input) { *v.On = true },
		"not said":     func(v *input) { v.On = nil },
		"time":         func(v *input) { v.At = v.At.Add(time.Microsecond) },
		"address":      func(v *input) { v.From = v.From.Next() },
		"order":        func(v *input) { v.Parts[0].Tags = []string{"y", "x"} },
		"boundary":     func(v *input) { v.Parts[0].Tags = []string{"xy"} },
		"one more":     func(v *input) { v.Parts = append(v.Parts, part{}) },
		"label":        func(v *input) { v.Labels["b"] = "3" },
		"moved label":  func(v *input) { v.Labels = map[string]string{"a": "2", "b": "1"} },
		"interface":    func(v *input) { v.Any = 1 },
		"its type":     func(v *input) { v.Any = "1" },
		"nested":       func(v *input) { v.Main.Name = "m" },
	}
	seen := map[string]string{base: "nothing"}
	for name, change := range changes {
		v := sample()
		change(&v)
		h := idem.Hash(v)
		require.NotContains(t, seen, h, "%s and %s", name, seen[h])
		seen[h] = name
	}
}

func TestHashIsStable(t *testing.T) {
	require.Equal(t, "jhsnovzkwsf7kbvnzkjxr7wsky", idem.Hash(sample()), "hashes are stored: the form may never change")
	v := sample()
	v.At = v.At.In(time.FixedZone("x", 3600)).Add(300 * time.Nanosecond)
	v.Labels = map[string]string{"b": "2", "a": "1"}
	v.Main.Tags = []string{}
	p := &v
	require.Equal(t, idem.Hash(sample()), idem.Hash(v), "zone, nanoseconds, map order and empty lists say nothing")
	require.NotEqual(t, idem.Hash(v), idem.Hash(p))

	type later struct {
		input
		Added string
	}
	type now struct{ input }
	require.Equal(t, idem.Hash(now{sample()}), idem.Hash(later{input: sample()}), "a field added later does not count until it is used")
}

func TestHashRefusesWhatItCannotSee(t *testing.T) {
	type loop struct{ Next *loop }
	cycle := &loop{}
	cycle.Next = cycle
	for name, v := range map[string]any{
		"func": func() {}, "chan": make(chan int), "cycle": cycle,
		"hidden field": struct{ secret int }{1}, "hidden inside": *big.NewInt(7),
	} {
		require.Panics(t, func() { idem.Hash(v) }, name)
	}
}

func TestCheck(t *testing.T) {
	require.NoError(t, idem.Check("h", "h"))
	require.ErrorIs(t, idem.Check("h", "i"), errs.Conflict)
	require.ErrorIs(t, idem.Check("", ""), errs.Conflict, "a record without a hash answers nothing")
	var says *errs.Says
	require.ErrorAs(t, idem.Check("h", "i"), &says)
	require.Equal(t, "error.idempotency_mismatch", says.Message.Key)
}

func TestOnce(t *testing.T) {
	taken, down := errors.Join(errs.Conflict, errors.New("taken")), errors.New("connection lost")
	tests := []struct {
		name      string
		insertErr error
		stored    string
		findErr   error
		want      string
		wantErr   error
		found     bool
	}{
		{name: "the first try", want: "made"},
		{name: "a repeat", insertErr: taken, stored: "h", want: "first", found: true},
		{name: "other input", insertErr: taken, stored: "g", wantErr: errs.Conflict, found: true},
		{name: "something else in the way", insertErr: taken, findErr: errs.NotFound, wantErr: taken, found: true},
		{name: "the store fails", insertErr: down, wantErr: down},
		{name: "the store fails when asked", insertErr: taken, findErr: down, wantErr: down, found: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			asked := false
			got, err := idem.Once("h",
				func() (string, error) { return "made", tt.insertErr },
				func() (string, string, error) { asked = true; return "first", tt.stored, tt.findErr })
			require.Equal(t, tt.found, asked)
			if tt.wantErr != nil {
				require.ErrorIs(t, err, tt.wantErr)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}
