// Command recorder asks the AWS SDKs for Go which credential they would use in a machine's state.
//
//	recorder go-v2|go-v1|terraform [--version]
//
// reads one state per line from standard input and writes one answer per line (see ../record.ts). Each state is asked in
// a process of its own, whose environment is the state's and nothing else: both SDKs keep paths from their start.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"runtime/debug"
	"strings"
	"sync"
	"time"
	"unicode"
)

type state struct {
	ID      json.RawMessage   `json:"id"`
	Env     map[string]string `json:"env"`
	Profile *string           `json:"profile"`
	Cwd     string            `json:"cwd"`
}

type answer struct {
	ID           json.RawMessage `json:"id"`
	AccessKeyID  *string         `json:"accessKeyId"`
	SessionToken *string         `json:"sessionToken"`
	Source       *string         `json:"source"`
	Error        *string         `json:"error"`
	More         json.RawMessage `json:"more,omitempty"`
}

// held is what an SDK gave, without the secret key.
type held struct {
	accessKeyID, sessionToken, source string
	// Only for keys that stand on the machine.
	first *firstUse
}

// sdks by name; the profile is empty when none is given as an argument.
var sdks = map[string]func(ctx context.Context, profile string) (held, error){
	"go-v2":     askGoV2,
	"go-v1":     askGoV1,
	"terraform": askTerraform,
}

// modules whose version is the SDK's.
var modules = map[string]string{
	"go-v2":     "github.com/aws/aws-sdk-go-v2/config",
	"go-v1":     "github.com/aws/aws-sdk-go",
	"terraform": "github.com/hashicorp/aws-sdk-go-base/v2",
}

func versionOf(module string) string {
	build, _ := debug.ReadBuildInfo()
	for _, dependency := range build.Deps {
		if dependency.Path == module {
			return strings.TrimPrefix(dependency.Version, "v")
		}
	}
	return "unknown"
}

// Most states end in waiting for an instance metadata endpoint that is not there.
const (
	states   = 16
	patience = 60 * time.Second
)

func main() {
	if len(os.Args) == 4 && os.Args[1] == "ask" {
		ask(os.Args[2], os.Args[3])
		return
	}
	if len(os.Args) == 3 && os.Args[2] == "--version" {
		fmt.Println(os.Args[1], versionOf(modules[os.Args[1]]))
		return
	}
	if len(os.Args) != 2 || sdks[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: recorder go-v2|go-v1|terraform")
		os.Exit(2)
	}
	if err := record(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// record hands the states to processes, some at a time, and writes the answers as they come.
func record(sdk string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 0, 1<<16), 1<<24)
	asked := make(chan state)
	var workers sync.WaitGroup
	var writing sync.Mutex
	for range states {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for one := range asked {
				line := answerOf(self, sdk, one)
				writing.Lock()
				os.Stdout.Write(append(line, '\n'))
				writing.Unlock()
			}
		}()
	}
	for lines.Scan() {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var one state
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			return err
		}
		asked <- one
	}
	close(asked)
	workers.Wait()
	return lines.Err()
}

func answerOf(self, sdk string, one state) []byte {
	profile := ""
	if one.Profile != nil {
		profile = *one.Profile
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	child := exec.CommandContext(ctx, self, "ask", sdk, profile)
	child.Dir = one.Cwd
	child.Env = make([]string, 0, len(one.Env))
	for name, value := range one.Env {
		child.Env = append(child.Env, name+"="+value)
	}
	var out bytes.Buffer
	child.Stdout = &out
	var given answer
	if err := child.Run(); err != nil {
		given.Error = text("RecorderError: " + err.Error())
	} else if err := json.Unmarshal(out.Bytes(), &given); err != nil {
		given.Error = text("RecorderError: " + err.Error())
	}
	given.ID = one.ID
	line, err := json.Marshal(given)
	if err != nil {
		panic(err)
	}
	return line
}

// ask is the process of one state.
func ask(sdk, profile string) {
	answered := os.Stdout
	// What the SDKs say while they work is no answer.
	os.Stdout = os.Stderr
	given, err := guarded(sdk, profile)
	var line answer
	line.ID = json.RawMessage("null")
	if err != nil {
		line.Error = text(err.Error())
	} else {
		line.AccessKeyID = text(given.accessKeyID)
		if given.sessionToken != "" {
			line.SessionToken = text(given.sessionToken)
		}
		line.Source = text(given.source)
		if given.first != nil {
			line.More = given.first.told()
		}
	}
	if err := json.NewEncoder(answered).Encode(line); err != nil {
		panic(err)
	}
}

func guarded(sdk, profile string) (given held, err error) {
	defer func() {
		if fall := recover(); fall != nil {
			err = fmt.Errorf("panic: %v", fall)
		}
	}()
	given, err = sdks[sdk](context.Background(), profile)
	if err != nil {
		err = errors.New(named(err))
	}
	return given, err
}

// named is "ErrorClass: message": the type of the innermost error that has a name of its own, and the words of the
// outermost. Version 1 writes its code before the words itself.
func named(err error) string {
	type coded interface {
		Code() string
		Message() string
	}
	if own, ok := err.(coded); ok && strings.HasPrefix(err.Error(), own.Code()+":") {
		return err.Error()
	}
	class := "Error"
	for at := err; at != nil; at = errors.Unwrap(at) {
		kind := reflect.TypeOf(at)
		for kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		// An errno is only the number inside an error that has a name.
		if name := kind.Name(); name != "" && unicode.IsUpper([]rune(name)[0]) && name != "Errno" {
			class = name
		}
	}
	return class + ": " + err.Error()
}

func text(value string) *string {
	return &value
}
