package blevesearch

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"

	"github.com/stoa-go/stoa/search/internal/lexis"
)

// What the index says of itself, beside its documents and in the same batches.
const (
	internalPrefix = "stoa."
	internalSchema = "stoa.schema"  // what its records look like
	internalCount  = "stoa.count"   // documents in it
	internalCursor = "stoa.cursor." // and a source's name: how far it was read
)

// setInternal puts a value with its checksum into a batch: bleve has none over
// what it keeps there.
func setInternal(b *index.Batch, key, value string) {
	b.SetInternal([]byte(key), append(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(key+value))), value...))
}

// readInternals returns all values of a snapshot.
func readInternals(s *scorch.IndexSnapshot) (map[string]string, error) {
	out := map[string]string{}
	for key, raw := range s.Internal() {
		if !strings.HasPrefix(key, internalPrefix) {
			continue // bleve's own
		}
		if len(raw) < crc32.Size || binary.BigEndian.Uint32(raw) != crc32.ChecksumIEEE(append([]byte(key), raw[crc32.Size:]...)) {
			return nil, &damage{fmt.Errorf("wrong checksum of %q", key)}
		}
		out[key] = string(raw[crc32.Size:])
	}
	if out[internalSchema] == "" {
		return nil, &damage{errors.New("no schema")}
	}
	return out, nil
}

// version is raised when records change in a way that the languages do not show.
const version = "3"

// schema names the form of records: fields, and how each language turns words
// into terms. Whatever changes that, be it a new release of bleve, makes a new
// index.
func schema(lib lexis.Library) string {
	h := sha256.New()
	fmt.Fprintln(h, version, fieldText, fieldTitle, fieldStart, fieldKey, fieldDoc, fieldBody, gap, maxStart, hashBits, lexis.WeightSteps)
	lib.Describe(h)
	return version + "-" + hex.EncodeToString(h.Sum(nil)[:12])
}
