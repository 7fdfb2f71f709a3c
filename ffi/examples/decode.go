// Prints the events of a capture: decode < capture
package main

/*
#include "wxsub.h"
*/
import "C"

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"unsafe"
)

// Answer has what is printed here. JSON has more.
type Answer struct {
	Records []struct {
		Event    string `json:"event"`
		FromUser string `json:"from_user"`
	} `json:"records"`
	Findings []struct {
		Line    uint64 `json:"line"`
		Column  uint64 `json:"column"`
		Message string `json:"message"`
	} `json:"findings"`
}

// Extract reads all callbacks and findings of a capture.
func Extract(capture []byte) (answer Answer, err error) {
	var bytes *C.uint8_t
	if len(capture) > 0 {
		bytes = (*C.uint8_t)(unsafe.Pointer(&capture[0]))
	}
	text := C.wxsub_extract(bytes, C.size_t(len(capture)), C.WXSUB_EN)
	defer C.wxsub_free(text)
	err = json.Unmarshal([]byte(C.GoString(text)), &answer)
	return answer, err
}

func main() {
	capture, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	answer, err := Extract(capture)
	if err != nil {
		panic(err)
	}
	for _, finding := range answer.Findings {
		fmt.Fprintf(os.Stderr, "%d:%d: %s\n", finding.Line, finding.Column, finding.Message)
	}
	for _, record := range answer.Records {
		fmt.Println(record.Event, record.FromUser)
	}
}
