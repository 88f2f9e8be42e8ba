package blevesearch

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"math/bits"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

// Kinds of keys, the first byte of each term in fieldKey.
const (
	keyGroup    = "g" // the group
	keyServes   = "s" // a language it serves
	keyAudience = "a" // a term of its audience
	keyCompound = "+" // the same once more, if it has several parts
	keyFacet    = "f" // length of a facet's name, its name, a value
	keyWeight   = "w" // the step of its weight, if that is not 1
	keyTime     = "t" // a digit of the time it was updated, with its place, unless that is 0
	keyLanguage = "l" // the language that its text is treated as
	keyOwn      = "o" // the language of its text as readers name it, without region or script
	keyLength   = "n" // language, field, and a bit that is set in the length of that field
	keyHash     = "h" // how many bits a hash of the ID begins with that are not set
)

// keysOf returns the keys of a document whose text is in language code.
func keysOf(d search.Document, code string, title, text int) []string {
	keys := []string{keyGroup + d.Group, keyLanguage + code, keyOwn + lexis.Base(d.Locale)}
	for _, tag := range d.Serves {
		keys = append(keys, keyServes+tag)
	}
	for _, term := range d.Audience {
		keys = append(keys, keyAudience+term)
		if strings.Contains(term, "+") {
			keys = append(keys, keyCompound+term)
		}
	}
	for name, values := range d.Facets {
		for _, v := range values {
			keys = append(keys, facetPrefix(name)+v)
		}
	}
	if step := lexis.WeightStep(d.Weight); step != 0 {
		keys = append(keys, weightKey(step))
	}
	keys = appendBits(keys, lengthPrefix(code, fieldTitle), uint64(title))
	keys = appendBits(keys, lengthPrefix(code, fieldText), uint64(text))
	keys = appendDigits(keys, timeNumber(d.UpdatedAt))
	return append(keys, hashKey(hashZeros(d.ID)))
}

// facetPrefix begins the keys of a facet's values, and those of no other facet.
func facetPrefix(name string) string {
	return keyFacet + string(binary.AppendUvarint(nil, uint64(len(name)))) + name
}

func stepOfFactor(factor float64) int {
	return int(math.Round((factor - 1) / 0.15 * lexis.WeightSteps))
}

func weightKey(step int) string { return keyWeight + string(rune('\x40'+step)) }

func stepOf(key string) int {
	r, _ := utf8.DecodeRuneInString(key[len(keyWeight):])
	return int(r) - '\x40'
}

// Lengths are kept bit by bit, a key for each that is set: with as many counts
// as there are bits one has the sum over any set of documents, so that the
// average length of those that somebody may see is exact and costs next to
// nothing.

// appendBits adds the keys of a number's bits.
func appendBits(keys []string, prefix string, number uint64) []string {
	for ; number != 0; number &= number - 1 {
		keys = append(keys, bitKey(prefix, bits.TrailingZeros64(number)))
	}
	return keys
}

func bitKey(prefix string, bit int) string { return prefix + string(rune('0'+bit)) }

func bitOf(key string) int { return int(key[len(key)-1] - '0') }

// lengthPrefix begins the keys of the length of a field in texts of a language.
func lengthPrefix(code, field string) string { return keyLength + code + "\x00" + field + "\x00" }

// Times are kept digit by digit, from which one finds the newest of any set of
// documents in a few steps. They have their seconds in the upper bits, so that
// those without fractions have few keys.
const (
	timeDigits = 16
	digitBits  = 4
	digitBase  = 1 << digitBits
)

func timeNumber(t time.Time) uint64 {
	return uint64(t.Unix()+1<<40)<<20 | uint64(t.Nanosecond()/1000)
}

// appendDigits adds the keys of a time's digits.
func appendDigits(keys []string, number uint64) []string {
	for place := 0; number != 0; place++ {
		if digit := number % digitBase; digit != 0 {
			keys = append(keys, digitKey(place, int(digit)))
		}
		number /= digitBase
	}
	return keys
}

func digitKey(place, digit int) string {
	return keyTime + string([]byte{'0' + byte(place), '0' + byte(digit)})
}

// A hash of each ID picks documents by chance, but always the same ones of the
// same documents: half of them have no zeros, a quarter have one, and so on.
const hashBits = 12

func hashKey(zeros int) string { return bitKey(keyHash, zeros) }

func hashZeros(id string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	sum := h.Sum32()
	return min(bits.LeadingZeros32((sum^sum>>16)<<16), hashBits)
}
