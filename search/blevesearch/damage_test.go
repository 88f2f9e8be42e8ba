package blevesearch_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/blevesearch"
)

const shelfSize = 400

// sound makes a closed index in a directory of several segments, with
// documents that were replaced.
func sound(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "sound")
	x, err := blevesearch.Open(dir, nil)
	require.NoError(t, err)
	docs := shelf(shelfSize)
	for i := 0; i < shelfSize; i += 100 {
		require.NoError(t, x.Apply(t.Context(), batchOf(fmt.Sprint(i), docs[i:i+100]...)))
	}
	require.NoError(t, x.Apply(t.Context(), batchOf("500", docs[40:60]...)))
	require.NoError(t, x.Close())
	return dir
}

// A damage is something that happens to a directory.
type damage struct {
	name string
	do   func(t testing.TB, dir string)
}

func damages() []damage {
	file := func(pattern string, change func(t testing.TB, path string, size int64)) func(testing.TB, string) {
		return func(t testing.TB, dir string) {
			path := filesIn(t, dir, pattern)[0]
			info, err := os.Stat(path)
			require.NoError(t, err)
			change(t, path, info.Size())
		}
	}
	remove := func(t testing.TB, path string, _ int64) { require.NoError(t, os.Remove(path)) }
	cut := func(part int64) func(testing.TB, string, int64) {
		return func(t testing.TB, path string, size int64) { require.NoError(t, os.Truncate(path, size*part/100)) }
	}
	write := func(text string) func(testing.TB, string, int64) {
		return func(t testing.TB, path string, _ int64) { require.NoError(t, os.WriteFile(path, []byte(text), 0o600)) }
	}
	out := []damage{
		{"nothing", func(testing.TB, string) {}},
		{"segment removed", file("*.zap", remove)},
		{"segment empty", file("*.zap", cut(0))},
		{"segment halved", file("*.zap", cut(50))},
		{"segment short of its end", file("*.zap", cut(99))},
		{"segment with a page of zeros", file("*.zap", func(t testing.TB, path string, size int64) { overwrite(t, path, size/2, make([]byte, 4096)) })},
		{"segment all zeros", file("*.zap", func(t testing.TB, path string, size int64) { overwrite(t, path, 0, make([]byte, size)) })},
		{"segment replaced by another", func(t testing.TB, dir string) {
			files := filesIn(t, dir, "*.zap")
			content, err := os.ReadFile(files[len(files)-1])
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(files[0], content, 0o600))
		}},
		{"root removed", file("root.bolt", remove)},
		{"root empty", file("root.bolt", cut(0))},
		{"root halved", file("root.bolt", cut(50))},
		{"root tenth", file("root.bolt", cut(10))},
		{"root with overwritten head", file("root.bolt", func(t testing.TB, path string, _ int64) {
			overwrite(t, path, 0, []byte(fmt.Sprintf("%08192d", 7)))
		})},
		{"current removed", file("CURRENT", remove)},
		{"current empty", file("CURRENT", cut(0))},
		{"current nonsense", file("CURRENT", write("../../etc/passwd\n"))},
		{"current names nothing", file("CURRENT", write("generation-20200101T000000-000\n"))},
		{"lock nonsense", file("LOCK", write("nonsense"))},
		{"lock removed", file("LOCK", remove)},
		{"generation empty", func(t testing.TB, dir string) {
			for _, path := range append(filesIn(t, dir, "*.zap"), filesIn(t, dir, "root.bolt")...) {
				require.NoError(t, os.Remove(path))
			}
		}},
	}
	for seed := range uint64(seeds()) {
		out = append(out, damage{fmt.Sprint("segment with flipped bits ", seed), file("*.zap", flip(seed, 64))},
			damage{fmt.Sprint("segment with one flipped bit ", seed), file("*.zap", flip(seed, 1))},
			damage{fmt.Sprint("root with flipped bits ", seed), file("root.bolt", flip(seed, 64))})
	}
	return out
}

// seeds returns how many random damages of each kind are tried: 8, fewer with
// -short, or more where somebody has the time.
func seeds() int {
	n, _ := strconv.Atoi(os.Getenv("STOA_TEST_DAMAGES"))
	if testing.Short() {
		return max(2, n)
	}
	return max(8, n)
}

func overwrite(t testing.TB, path string, at int64, content []byte) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	_, err = f.WriteAt(content, at)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

func flip(seed uint64, n int) func(testing.TB, string, int64) {
	return func(t testing.TB, path string, size int64) {
		r := rand.New(rand.NewPCG(seed, uint64(n)))
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		size = min(size, int64(len(content)))
		for range n {
			content[r.Int64N(size)] ^= 1 << r.IntN(8)
		}
		overwrite(t, path, 0, content)
	}
}

// answers collects what an index says to a few questions.
func answers(t testing.TB, x search.Index) []search.Response {
	t.Helper()
	var out []search.Response
	for _, text := range append(vocabulary(20), "lighthouse", `"lighthouse"`, "-lighthouse", "") {
		r, err := x.Search(t.Context(), ask(text))
		require.NoError(t, err)
		out = append(out, r)
	}
	return out
}

// TestDamagedFiles damages a closed index in many ways. Whatever was done, it
// opens soon, and either answers as before or is empty and takes everything
// again.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	base := sound(t)
	x := openIn(t, base, nil)
	want := answers(t, x)
	require.NoError(t, x.Close())
	for _, d := range damages() {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "index")
			copyDir(t, base, dir)
			d.do(t, dir)
			began := time.Now()
			x := openIn(t, dir, nil)
			require.Less(t, time.Since(began), 5*time.Second)
			if count(t, x) == 0 {
				require.Empty(t, cursor(t, x), "an empty index is to be filled from the beginning")
				require.NoError(t, x.Apply(t.Context(), batchOf("500", shelf(shelfSize)...)))
			}
			require.Equal(t, shelfSize, count(t, x))
			require.Equal(t, "500", cursor(t, x))
			require.Equal(t, want, answers(t, x))
			require.NoError(t, x.Close())
			require.Equal(t, want, answers(t, openIn(t, dir, nil)), "after another start")
		})
	}
}

func TestOtherSchema(t *testing.T) {
	dir := t.TempDir()
	newer, err := blevesearch.OpenAs(dir, "99-newer")
	require.NoError(t, err)
	require.NoError(t, newer.Apply(t.Context(), batchOf("7", shelf(20)...)))
	require.NoError(t, newer.Close())
	x := openIn(t, dir, nil)
	require.Zero(t, count(t, x))
	require.Empty(t, cursor(t, x))
	require.DirExists(t, filepath.Join(dir, "damaged"))
	require.NoError(t, x.Apply(t.Context(), batchOf("8", shelf(30)...)))
	require.NoError(t, x.Close())
	require.Equal(t, 30, count(t, openIn(t, dir, nil)))
}

// inUse does something to each segment of an index in use, which at any moment
// may begin a file or remove one.
func inUse(do func(t testing.TB, i int, path string, size int64)) func(testing.TB, string) {
	return func(t testing.TB, dir string) {
		for i, path := range filesIn(t, dir, "*.zap") {
			if info, err := os.Stat(path); err == nil && info.Size() > 0 {
				do(t, i, path, info.Size())
			}
		}
	}
}

// TestDamageWhileOpen damages the files of an index that is in use. Every answer
// is right or an error, and a rebuild heals it.
func TestDamageWhileOpen(t *testing.T) {
	t.Parallel()
	base := sound(t)
	x := openIn(t, base, nil)
	want := answers(t, x)
	require.NoError(t, x.Close())
	broken := 0
	for _, d := range []damage{
		{"cut", inUse(func(_ testing.TB, _ int, path string, _ int64) { _ = os.Truncate(path, 100) })},
		{"zeros", inUse(func(t testing.TB, _ int, path string, size int64) { overwrite(t, path, 0, make([]byte, size)) })},
		{"flipped bits", inUse(func(t testing.TB, i int, path string, size int64) { flip(uint64(i), 2000)(t, path, size) })},
	} {
		t.Run(d.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "index")
			copyDir(t, base, dir)
			x := openIn(t, dir, nil)
			d.do(t, dir)
			for _, text := range vocabulary(60) {
				if _, err := x.Search(t.Context(), ask(text)); err != nil {
					require.True(t, isRebuild(err), "%v", err)
					broken++
				}
			}
			_, err := x.Cursors(t.Context())
			require.True(t, err == nil || isRebuild(err), "%v", err)
			fresh, err := x.Fresh(t.Context())
			require.NoError(t, err)
			require.NoError(t, fresh.Apply(t.Context(), batchOf("500", shelf(shelfSize)...)))
			require.NoError(t, x.Swap(t.Context(), fresh))
			require.Equal(t, want, answers(t, x))
			require.NoError(t, x.Close())
			require.Equal(t, want, answers(t, openIn(t, dir, nil)))
		})
	}
	require.Positive(t, broken, "the damage was noticed")
}
