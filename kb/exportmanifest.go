package kb

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/idem"
)

// ManifestFile is the name of the file in an export that holds its [Manifest].
const ManifestFile = "stoa-export.json"

// ManifestFormat is the format of the exports of this version.
const ManifestFormat = 1

// A Manifest says what an export is: of which installation, and of what in it.
// Importing it there again finds what it was made from, and importing it elsewhere
// finds what came from there before, whatever the file is called.
type Manifest struct {
	Format       int      `json:"format"`
	Installation string   `json:"installation"`
	Categories   []string `json:"categories"` // IDs
	Articles     []string `json:"articles"`   // IDs
}

// Installation returns the ID of this installation, which its store keeps.
func (l *Library) Installation(ctx context.Context) (string, error) {
	return l.store.Installation(ctx, idem.New())
}

// manifest writes the manifest of what has been written.
func (ex *exporting) manifest(ctx context.Context) error {
	id, err := ex.l.Installation(ctx)
	if err != nil {
		return err
	}
	m := Manifest{Format: ManifestFormat, Installation: id, Categories: slices.Clone(ex.places), Articles: slices.Sorted(maps.Keys(ex.seen))}
	slices.Sort(m.Categories)
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return ex.file(ManifestFile, time.Time{}, append(text, '\n'))
}
