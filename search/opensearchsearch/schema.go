package opensearchsearch

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/stoa-go/stoa/search/internal/lexis"
)

// The fields of a document. What is searched are the terms of package lexis,
// which the server takes as they are, and keywords; what is shown is kept as it is.
const (
	fieldID         = "id"
	fieldGroup      = "group"
	fieldServes     = "serves"     // languages it serves
	fieldAudience   = "audience"   // terms of its audience
	fieldCompound   = "compound"   // those of them that have several parts
	fieldFacets     = "facets"     // hash of a facet's name, a value: see facetKey
	fieldLanguage   = "language"   // how its text is treated
	fieldOwn        = "own"        // its language as readers name it, without region or script
	fieldUpdated    = "updated"    // microseconds since 1970
	fieldFactor     = "factor"     // what its weight multiplies scores by
	fieldTitle      = "title"      // terms of its title and keywords
	fieldText       = "text"       // terms of all its text
	fieldTitleChars = "titlechars" // characters of scripts without spaces, one by one: see lexis.Seek
	fieldTextChars  = "textchars"  // the same of all its text
	fieldWords      = "words"      // words of its title as somebody types them
	fieldFront      = "front"      // its title as somebody types it
	fieldSpelled    = "spelled"    // words as they are written, for corrections: see spelledKey
	fieldDoc        = "doc"        // the document
	fieldState      = "state"      // of the document that says how far the index has come
)

// made is raised when documents change in a way that the languages do not
// show.
const made = "1"

// form names how documents are made. An index of another form is made anew.
func form(lib lexis.Library) string {
	h := sha256.New()
	lib.Describe(h)
	return made + "-" + hex.EncodeToString(h.Sum(nil)[:12])
}

// Average lengths that texts are compared with. They are set and not counted:
// the server only knows averages over all documents, and what somebody may not
// see must have no influence on what they see.
const (
	textAverage  = 150.0
	titleAverage = 6.0
)

// similarity scores an occurrence by lexis.Saturation. All else is in the boost of
// a query, which is counted over what the asker may see.
func similarity(b, average float64) object {
	return object{"type": "scripted", "script": object{"source": fmt.Sprintf(
		"return query.boost * doc.freq * %g / (doc.freq + %g * (%g + %g * doc.length / %g));", lexis.K1+1, lexis.K1, 1-b, b, average)}}
}

// schema is how an index is made. It has one part, so that a batch is seen at
// once when it is refreshed, and is refreshed only then.
func schema() object {
	return object{
		"settings": object{
			"number_of_shards": 1, "auto_expand_replicas": "0-1", "refresh_interval": "-1", "gc_deletes": "1h",
			"similarity": object{"text": similarity(lexis.TextB, textAverage), "title": similarity(lexis.TitleB, titleAverage)},
			"analysis": object{
				"analyzer":  object{"terms": object{"type": "custom", "tokenizer": "terms"}},
				"tokenizer": object{"terms": object{"type": "whitespace", "max_token_length": 1024}},
			},
		},
		"mappings": mappings(),
	}
}

func mappings() object {
	keyword := object{"type": "keyword"}
	terms := func(similarity string) object {
		return object{"type": "text", "analyzer": "terms", "similarity": similarity}
	}
	aside := object{"type": "object", "enabled": false}
	return object{"dynamic": "strict", "properties": object{
		fieldID: keyword, fieldGroup: keyword, fieldServes: keyword, fieldAudience: keyword, fieldCompound: keyword, fieldFacets: keyword,
		fieldLanguage: keyword, fieldOwn: keyword, fieldWords: keyword, fieldFront: keyword, fieldSpelled: keyword,
		fieldUpdated: object{"type": "long"}, fieldFactor: object{"type": "double"},
		fieldTitle: terms("title"), fieldText: terms("text"), fieldTitleChars: terms("title"), fieldTextChars: terms("text"),
		fieldDoc: aside, fieldState: aside,
	}}
}

// maxKey is how many bytes of a keyword are kept; the server takes 32766.
const maxKey = 8000

// key returns a text as it is kept in a keyword. Of two that are too long each
// has a key of its own all the same.
func key(text string) string {
	if len(text) <= maxKey {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return strings.ToValidUTF8(text[:maxKey-2*len(sum)], "") + hex.EncodeToString(sum[:])
}

const facetPrefix = 16 // characters of the hash of a facet's name

// facetName returns what begins the keys of a facet's values: characters that
// mean nothing in any language, whatever the name is.
func facetName(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])[:facetPrefix] + ":"
}

func facetKey(name, value string) string { return facetName(name) + key(value) }

// term returns a term as it is written for the server.
func term(t string) string {
	t = strings.NewReplacer(lexis.StemMark, "=", lexis.StopMark, "!").Replace(t)
	if len(t) <= maxTerm {
		return t
	}
	sum := sha256.Sum256([]byte(t))
	return hex.EncodeToString(sum[:])
}

// maxTerm is how many bytes of a term are kept as they are.
const maxTerm = 512
