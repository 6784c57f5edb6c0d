// Command drawbridge lets Google Cloud and AWS trust each other without keys, and proves it. The files here turn flags
// into calls and results into text, documents and exit codes; they decide nothing about the clouds and hold no state.
package main

import "os"

func main() {
	os.Exit(int(run(system(os.Args[1:]))))
}
