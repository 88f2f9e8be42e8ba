package again_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/again"
)

func TestEvery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		var at []time.Duration
		begun := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		again.Every(ctx, time.Minute, slog.New(slog.NewTextHandler(&said, nil)), "not swept", func(context.Context) error {
			switch at = append(at, time.Since(begun)); len(at) {
			case 2:
				return errors.New("no broom")
			case 3:
				cancel()
				return errors.New("too late to tell")
			}
			return nil
		})
		require.Equal(t, []time.Duration{0, time.Minute, 2 * time.Minute}, at)
		require.Equal(t, 1, strings.Count(said.String(), "\n"))
		require.Contains(t, said.String(), `level=ERROR msg="not swept" err="no broom"`)
	})
}
