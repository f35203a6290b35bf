# Everyday commands. `make chat` and `make test` install what they miss through the system's package manager;
# everything else about building is CMake's.
#   make chat PROMPT="..."    answers once and exits
#   make install PREFIX=DIR   programs, C library and CMake package
PREFIX ?= /usr/local
JOBS := $(shell getconf _NPROCESSORS_ONLN)
GGUF := models/cache/SmolLM2-135M-Instruct.Q4_1.gguf
MODEL := models/cache/smollm2-135m-instruct.quern
# PROMPT reaches the program through the environment, unexpanded: quotes and dollar signs survive.
export QUERN_PROMPT := $(value PROMPT)
unexport PROMPT
configure = MAKEFLAGS= MAKELEVEL=0 cmake -S . -B build --log-level=WARNING -DCMAKE_TARGET_MESSAGES=OFF
compile = @MAKEFLAGS= MAKELEVEL=0 cmake --build build -j $(JOBS) --target

build: build/cmake_install.cmake ; $(compile) programs
chat: model ; @exec build/bin/quern-chat $(MODEL) $${QUERN_PROMPT:+"--prompt=$$QUERN_PROMPT"}
bench: model ; @exec build/bin/quern-bench $(MODEL)
test: test-build
	ctest --test-dir build -j $(JOBS) --output-on-failure
	@grep -h 'doctest. test cases' build/Testing/Temporary/LastTest.log
test-isa: test-build ; ctest --test-dir build -L isa --output-on-failure
asan: test-build ; ctest --test-dir build -R sanitizers --output-on-failure
check: test-build ; ctest --test-dir build -L check -j $(JOBS) --output-on-failure
format: ; tests/checks/format.sh --fix
install: build ; cmake --install build --prefix "$(PREFIX)"
clean: ; rm -rf build build-* $(MODEL)

build/cmake_install.cmake: ; @examples/install-tools.sh && $(configure) -DCMAKE_BUILD_TYPE=Release -DQUERN_BUILD_TESTS=OFF
test-build: tools-test ; @$(configure) -DQUERN_BUILD_TESTS=ON -DQUERN_BUILD_CHECKS=ON -DQUERN_WARNINGS_AS_ERRORS=ON && $(subst @,,$(compile)) all
tools-test: ; @examples/install-tools.sh --test
$(GGUF): ; @models/fetch-model.sh
$(MODEL): $(GGUF) | build ; build/bin/quern-quantize convert $< $@
# An older file may be of a kind that these programs no longer read.
model: build $(MODEL)
	@build/bin/quern-quantize verify --quiet $(MODEL) >/dev/null 2>&1 || build/bin/quern-quantize convert $(GGUF) $(MODEL)

.PHONY: build model chat bench test test-isa asan check format install clean test-build tools-test
.NOTPARALLEL:
