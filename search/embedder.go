package search

import (
	"context"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// An Embedder turns texts into vectors that are near each other where the texts
// mean something similar. Package searchtest proves one with TestEmbedder.
//
// Implementations must
//   - return one vector for each text, in their order, all of the dimension they
//     name, finite and not all zeros;
//   - return about the same vector for the same text, whatever is beside it;
//   - be safe for concurrent use and heed the context;
//   - share no memory with their callers.
type Embedder interface {
	// Model names what makes the vectors and how many numbers one has. Vectors of
	// two models are not compared. A dimension of 0 means that it shows in the
	// first answer.
	Model() (name string, dimension int)

	// Embed returns the vectors of some texts. No texts are no error.
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// A Neighbour is a document that means something similar to a question.
type Neighbour struct {
	Group    string
	Likeness float64 // cosine of the angle between the two, at most 1
}

// Neighbours finds documents by what they mean, such as a semantic.Store. It must
// know of nothing but what the sight admits: an [Engine] looks the groups up in
// its index once more, with the same sight, but what is not admitted may not
// crowd out what is.
type Neighbours interface {
	Neighbours(ctx context.Context, text string, sight profile.Sight, locale string, limit int) ([]Neighbour, error)
}

const (
	defaultPatience = 300 * time.Millisecond // with what finds by meaning
	near            = 50                     // neighbours that are looked at
	nearest         = 10                     // of which so many are found without their words
	meaningWeight   = 0.5                    // of meaning beside words
)
