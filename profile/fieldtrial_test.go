package profile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

func TestTryField(t *testing.T) {
	p := newPortal(t)
	label := map[string]string{"en": "Note"}
	try := func(f profile.Field) profile.FieldTrial {
		t.Helper()
		f.Label = label
		got, err := p.TryField(t.Context(), root, f)
		require.NoError(t, err)
		return got
	}
	require.Equal(t, profile.FieldTrial{Valued: 6, Looked: 6}, try(profile.Field{Name: "note"}))
	got := try(profile.Field{Name: "note", Pattern: "secret of (ann|bob)"})
	require.Equal(t, []int{6, 4, 0}, []int{got.Valued, got.Broken, got.Missing})
	require.Equal(t, profile.FieldValue{ID: "carl", Name: "Name of carl", Values: []string{"secret of carl"}}, got.Sample[0])
	require.Len(t, got.Sample, 4)
	got = try(profile.Field{Name: "risk", Of: profile.FieldOfAccount, Type: profile.FieldChoice, Required: true,
		Choices: []profile.Choice{{Value: "low", Label: label}}})
	require.Equal(t, []int{1, 1, 2, 3}, []int{got.Valued, got.Broken, got.Missing, got.Looked})
	require.Equal(t, "acme", got.Sample[0].ID)
	fields, err := p.Fields(t.Context(), root, profile.FieldOfPerson)
	require.NoError(t, err)
	require.Empty(t, fields, "nothing is kept")

	_, err = p.TryField(t.Context(), root, profile.Field{Name: "note", Label: label, Pattern: "("})
	require.ErrorIs(t, err, profile.ErrInvalid)
	for _, by := range []string{"ann", "gus", ""} {
		_, err = p.TryField(t.Context(), p.as(t, by), profile.Field{Name: "note", Label: label})
		require.ErrorIs(t, err, profile.ErrForbidden, by)
	}

	few := newPortal(t, func(o *profile.Options) { o.TryPeople = 4 })
	got, err = few.TryField(t.Context(), root, profile.Field{Name: "note", Label: label})
	require.NoError(t, err)
	require.Equal(t, 4, got.Looked)
	require.True(t, got.More)
}
