"""What nobody wants in an image, and what must never get into one: data, one entry a line of thought.

Patterns are written as in an ignore file. A name that is often real source (``build``, ``bin``, ``dist``, ``target``,
``vendor``, ``env``, ``coverage``) stands here only with something beside it that tells; a build that reads such a
folder by name keeps it in any case. Every entry has a path that it must match and one that it must not.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["JUNK", "SECRETS", "Junk", "Secret"]


class Junk(NamedTuple):
    """Likely waste. ``why`` says what it is in few words; ``example`` is matched, ``counter_example`` is not."""

    name: str
    patterns: tuple[str, ...]
    why: str
    example: str
    counter_example: str
    ecosystem: str


class Secret(NamedTuple):
    """Something that gives access. ``patterns`` may end in exceptions (``!**/.env.example``)."""

    name: str
    patterns: tuple[str, ...]
    why: str
    example: str
    counter_example: str


def _junk(
    ecosystem: str, name: str, patterns: str, why: str, example: str, counter_example: str
) -> Junk:
    return Junk(name, tuple(patterns.split()), why, example, counter_example, ecosystem)


JUNK: tuple[Junk, ...] = (
    # --- node ---
    _junk("node", "node_modules", "**/node_modules **/bower_components **/jspm_packages", "packages that the build installs itself",
          "web/node_modules/left-pad/index.js", "src/node_modules.ts"),
    _junk("node", ".next cache", "**/.next **/.nuxt **/.svelte-kit **/.angular/cache **/.astro **/.docusaurus **/.expo",
          "a framework's build output", "web/.next/cache/a.js", "web/next.config.js"),
    _junk("node", "bundler cache", "**/.parcel-cache **/.turbo **/.vite **/.rollup.cache **/.nx/cache **/.nx/workspace-data "
          "**/.webpack-cache **/.swc", "a bundler's cache", "web/.turbo/run.log", "web/vite.config.ts"),
    # not .yarn/cache: with "zero installs" the build needs it
    _junk("node", "package manager cache", "**/.npm **/.pnpm-store **/.yarn/install-state.gz **/.yarn/build-state.yml",
          "a package manager's cache", ".npm/_cacache/a", ".yarn/cache/left-pad-npm-1.3.0.zip"),
    _junk("node", "eslint cache", "**/.eslintcache **/.stylelintcache **/.prettiercache **/*.tsbuildinfo",
          "a linter's or compiler's cache", "web/.eslintcache", "web/.eslintrc.json"),
    _junk("node", "node logs", "**/npm-debug.log* **/yarn-debug.log* **/yarn-error.log* **/pnpm-debug.log* **/lerna-debug.log*",
          "a package manager's log", "npm-debug.log.1", "src/debug.ts"),
    _junk("node", "deployment state", "**/.vercel **/.netlify/state.json **/.serverless **/.wrangler", "state of a deployment",
          ".vercel/project.json", "vercel.json"),
    # --- python ---
    _junk("python", "bytecode", "**/__pycache__ **/*.pyc **/*.pyo", "bytecode of another interpreter",
          "app/__pycache__/main.cpython-312.pyc", "app/pycache.py"),
    # "venv", "env" and "virtualenv" may be source: only what a virtual environment has in it
    _junk("python", "virtual environment", "**/.venv **/venv/pyvenv.cfg **/venv/bin **/venv/lib **/venv/lib64 **/venv/include "
          "**/env/pyvenv.cfg **/env/lib/python[23].[0-9]* **/env/bin/activate* **/.virtualenv **/__pypackages__ **/.pixi/envs",
          "a virtual environment", ".venv/bin/python", "env/bin/start.sh"),
    _junk("python", "python tool cache", "**/.mypy_cache **/.dmypy.json **/.pytest_cache **/.ruff_cache **/.pytype **/.pyre "
          "**/.hypothesis **/.tox **/.nox **/.ropeproject **/.pdm-build **/.benchmarks", "a tool's cache",
          ".mypy_cache/3.12/a.json", "mypy.ini"),
    _junk("python", "egg info", "**/*.egg-info **/.eggs", "metadata of an installed package",
          "app.egg-info/PKG-INFO", "app/info.py"),
    _junk("python", "notebook checkpoints", "**/.ipynb_checkpoints", "saved states of notebooks",
          "nb/.ipynb_checkpoints/a.ipynb", "nb/a.ipynb"),
    # --- rust, go, c, zig ---
    _junk("rust", "cargo target", "**/target/debug **/target/release **/target/*-*-*/debug **/target/*-*-*/release "
          "**/target/CACHEDIR.TAG **/target/.rustc_info.json **/target/.rustdoc_fingerprint.json", "Cargo's build output",
          "target/x86_64-unknown-linux-musl/release/app", "src/target/mod.rs"),
    _junk("rust", "rust tool output", "**/*.rs.bk **/mutants.out **/mutants.out.old **/tarpaulin-report.html **/*.profraw",
          "output of a tool", "src/main.rs.bk", "src/main.rs"),
    _junk("go", "go test output", "**/*.test.exe **/cover.out **/coverage.out **/*.prof **/__debug_bin*", "output of go test",
          "pkg/cover.out", "pkg/cover.go"),
    _junk("c", "cmake output", "**/CMakeFiles **/CMakeCache.txt **/.ccls-cache **/compile_commands.json",
          "output of CMake", "build/CMakeFiles/app.dir/a.o", "CMakeLists.txt"),
    _junk("zig", "zig cache", "**/.zig-cache **/zig-cache", "Zig's cache", ".zig-cache/o/a", "build.zig"),
    # --- jvm ---
    _junk("jvm", "gradle cache", "**/.gradle **/.kotlin/sessions **/.kotlin/errors", "Gradle's cache", ".gradle/8.5/a.bin",
          "gradle/wrapper/gradle-wrapper.jar"),
    _junk("jvm", "gradle output", "**/build/classes/java **/build/classes/kotlin **/build/classes/groovy **/build/kotlin/compile* "
          "**/build/tmp/compile* **/build/test-results **/build/reports/tests **/build/reports/problems", "Gradle's build output",
          "app/build/classes/java/main/A.class", "app/build/classes.gradle"),
    _junk("jvm", "maven output", "**/target/classes **/target/test-classes **/target/surefire-reports **/target/failsafe-reports "
          "**/target/generated-sources **/target/generated-test-sources **/target/maven-status **/target/maven-archiver",
          "Maven's build output", "app/target/classes/A.class", "app/src/target/A.java"),
    _junk("jvm", "scala tooling", "**/.bloop **/.metals **/.bsp **/project/target/config-classes **/target/streams",
          "a language server's state", ".bloop/app.json", "project/plugins.sbt"),
    _junk("jvm", "clojure tooling", "**/.cpcache **/.lsp/.cache **/.clj-kondo/.cache **/.nrepl-port **/.shadow-cljs",
          "a tool's cache", ".cpcache/a.cp", ".clj-kondo/config.edn"),
    # --- dotnet ---
    _junk("dotnet", "dotnet output", "**/obj/project.assets.json **/obj/*.nuget.* **/obj/Debug **/obj/Release **/bin/Debug "
          "**/bin/Release", "output of the .NET build", "api/bin/Debug/net8.0/api.dll", "api/bin/run.sh"),
    _junk("dotnet", "visual studio state", "**/.vs **/*.csproj.user **/*.vbproj.user **/*.fsproj.user **/*.suo **/*.rsuser "
          "**/*.DotSettings.user **/_ReSharper*", "an editor's state for one person", "api/.vs/api/v17/a.suo", "src/default.user"),
    _junk("dotnet", "dotnet test output", "**/TestResults/*.trx **/BenchmarkDotNet.Artifacts **/*.coverage.cobertura.xml",
          "output of dotnet test", "api/TestResults/run.trx", "api/TestResults/Parser.cs"),
    # --- php, ruby, elixir and erlang ---
    _junk("php", "php tool cache", "**/.phpunit.result.cache **/.phpunit.cache **/.php-cs-fixer.cache **/.php_cs.cache "
          "**/.psalm/cache **/.phpstan.cache", "a tool's cache", ".phpunit.cache/test-results", "phpunit.xml"),
    _junk("php", "php framework state", "**/var/cache/dev **/var/cache/prod **/var/cache/test **/var/log/dev.log **/var/log/test.log "
          "**/storage/framework/views/*.php **/storage/framework/sessions/[0-9a-zA-Z]* "
          "**/storage/logs/laravel*.log", "state of a running application", "var/cache/dev/App.php",
          "storage/framework/sessions/.gitignore"),
    _junk("ruby", "bundle", "**/.bundle **/vendor/bundle", "gems that the build installs itself",
          "vendor/bundle/ruby/3.3.0/a.rb", "vendor/plugins/a.rb"),
    _junk("ruby", "rails leftovers", "**/tmp/cache/bootsnap **/tmp/cache/assets **/tmp/pids/*.pid **/log/development.log **/log/test.log",
          "state of a running application", "log/development.log", "tmp/pids/.keep"),
    _junk("ruby", "ruby tool cache", "**/.yardoc **/.rspec_status **/.byebug_history **/.solargraph **/.rubocop_cache "
          "**/coverage/.resultset.json **/coverage/.last_run.json", "a tool's cache", ".yardoc/objects/root.dat", ".rspec"),
    _junk("elixir", "mix output", "**/_build/dev **/_build/test **/_build/prod **/.elixir_ls **/.lexical **/erl_crash.dump "
          "**/cover/*.coverdata", "output of mix", "_build/dev/lib/app/a.beam", "lib/build.ex"),
    _junk("erlang", "rebar output", "**/_build/default **/.rebar3", "output of rebar3", "_build/default/lib/a.beam", "rebar.config"),
    # --- haskell, dart, swift ---
    _junk("haskell", "haskell output", "**/.stack-work **/dist-newstyle", "output of a Haskell build", ".stack-work/dist/a.o", "stack.yaml"),
    _junk("dart", "dart tooling", "**/.dart_tool **/.flutter-plugins **/.flutter-plugins-dependencies", "Dart's cache",
          ".dart_tool/package_config.json", "pubspec.lock"),
    _junk("swift", "xcode state", "**/DerivedData **/xcuserdata **/.swiftpm/xcode", "Xcode's output", "App/xcuserdata/a.xcuserstate", "Package.swift"),
    # --- terraform and its like ---
    _junk("terraform", "terraform state", "**/.terraform **/*.tfstate **/*.tfstate.backup **/*.tfplan **/.terragrunt-cache",
          "providers and state", "infra/.terraform/providers/a", "infra/.terraform.lock.hcl"),
    _junk("terraform", "cloud tooling", "**/cdk.out **/.aws-sam **/.pulumi/stacks **/.vagrant **/.kitchen", "output of a tool for machines",
          "infra/cdk.out/tree.json", "infra/cdk.json"),
    # --- editors, operating systems, version control ---
    _junk("editors", "editor settings", "**/.idea **/.vscode **/*.iml **/.fleet **/.zed **/.settings/org.eclipse.* **/.classpath "
          "**/.factorypath **/nbproject/private **/*.sublime-workspace **/.cursor", "an editor's settings", ".idea/workspace.xml",
          "src/.settings/app.json"),
    _junk("editors", "editor leftovers", "**/*.swp **/*.swo **/*~ **/.#* **/#*# **/*.orig **/*.rej **/.netrwhist **/nohup.out",
          "an editor's or merge's leftovers", "src/.main.py.swp", "src/swap.py"),
    _junk("os", "desktop files", "**/.DS_Store **/Thumbs.db **/ehthumbs.db **/desktop.ini **/._* **/__MACOSX **/.Spotlight-V100 "
          "**/.Trashes **/.Trash-[0-9]* **/.fseventsd **/$RECYCLE.BIN **/.fuse_hidden* **/.nfs[0-9a-f]*",
          "a file manager's notes", "docs/.DS_Store", "docs/store.md"),
    _junk("vcs", "git history", "**/.git", "the history of the repository", ".git/objects/aa/1", ".gitattributes"),
    _junk("vcs", "other history", "**/.hg **/.svn **/.bzr **/.jj **/.pijul **/_darcs **/CVS/Entries **/CVS/Root **/CVS/Repository",
          "the history of the repository", ".svn/entries", "src/CVS/parser.c"),
    _junk("vcs", "forge settings", ".github .gitlab .circleci .gitlab-ci.yml .travis.yml .drone.yml .woodpecker .buildkite "
          "azure-pipelines.yml appveyor.yml Jenkinsfile", "settings of the forge", ".github/workflows/ci.yml", "src/.github.py"),
    # --- caches, tests, dumps ---
    _junk("caches", "sass cache", "**/.sass-cache **/.cache", "a cache", ".cache/a/b", "src/cache/a.py"),
    _junk("caches", "build tool cache", "**/bazel-bin **/bazel-out **/bazel-testlogs **/.ccache **/.sccache **/.pants.d **/.buck-out "
          "**/.task/checksum", "a build tool's cache", "bazel-bin/app/app", "bazel/BUILD"),
    _junk("caches", "shell environment", "**/.direnv **/.devenv", "an environment of one machine", ".direnv/python-3.12/bin/python", "src/direnv.py"),
    _junk("tests", "coverage reports", "**/htmlcov **/.coverage **/.coverage.* **/.nyc_output **/coverage/lcov-report "
          "**/coverage/lcov.info **/coverage/coverage-final.json **/coverage/clover.xml", "reports of a test run",
          "coverage/lcov-report/index.html", "src/coverage/report.py"),
    _junk("tests", "browser test output", "**/playwright-report **/blob-report **/test-results/.last-run.json **/cypress/videos "
          "**/cypress/screenshots **/.wdio-vscode-service", "recordings of a test run", "web/cypress/videos/a.mp4", "web/cypress/e2e/a.ts"),
    _junk("tests", "test tool state", "**/.testmondata **/.stryker-tmp **/allure-results **/allure-report **/.jest-cache",
          "a test tool's state", "allure-results/a.json", "tests/allure.py"),
    _junk("logs", "crash dumps", "**/core.[0-9][0-9][0-9] **/core.[0-9][0-9][0-9][0-9] **/core.[0-9][0-9][0-9][0-9][0-9] "
          "**/core.[0-9][0-9][0-9][0-9][0-9][0-9] **/hs_err_pid*.log **/replay_pid*.log **/*.stackdump **/*.hprof",
          "a crash dump", "core.31337", "web/core.3.2.1.min.js"),
)  # fmt: skip


def _secret(name: str, patterns: str, why: str, example: str, counter_example: str) -> Secret:
    return Secret(name, tuple(patterns.split()), why, example, counter_example)


SECRETS: tuple[Secret, ...] = (
    _secret("environment file", "**/.env **/.env.* **/.dev.vars !**/.env.example !**/.env*example* !**/.env*sample* !**/.env*template* !**/.env.tpl "
            "!**/.env.tmpl !**/.env.j2 !**/.env*.dist !**/.env.default !**/.env.defaults !**/.env.test !**/.env*.ci "
            "!**/.env.schema !**/.env.vault !**/.env.md",
            "passwords and keys of an environment", "api/.env.local", "api/.env.production.example"),
    _secret("ssh key", "**/id_rsa **/id_dsa **/id_ecdsa **/id_ed25519 **/id_ecdsa_sk **/id_ed25519_sk **/*.ppk",
            "a private SSH key", "deploy/id_ed25519", "deploy/id_ed25519.pub"),
    # certificates are public, and most of the files called .pem
    _secret("private key", "**/*.pem **/*.key **/*.p12 **/*.pfx **/*.jks **/*.keystore !**/*cert*.pem !**/*crt*.pem !**/*csr*.pem !**/*chain*.pem "
            "!**/*bundle*.pem !**/ca.pem !**/*-ca.pem !**/*_ca.pem !**/*root*.pem !**/*pub*.pem !**/dh*.pem !**/*.gpg.key "
            "!**/*signing.key !**/*pub*.key !**/debug.keystore", "a private key or key store", "certs/server.key", "certs/cacert.pem"),
    _secret("private key of a certificate", "**/*key*.pem !**/*pub*.pem", "a private key", "certs/cert-key.pem", "certs/pubkey.pem"),
    _secret("key ring", "**/secring.gpg **/.gnupg **/*.agekey", "private keys", ".gnupg/trustdb.gpg", "keys/pubring.gpg"),
    _secret("cloud credentials", "**/.aws/credentials **/.azure/accessTokens.json **/.config/gcloud **/service-account*.json "
            "**/gcp-key*.json **/application_default_credentials.json **/client_secret*.json **/*-firebase-adminsdk-*.json "
            "**/.boto **/.s3cfg **/local.settings.json", "credentials of a cloud", ".aws/credentials", ".aws/config"),
    # a folder kubeconfig/ is a package of many Go projects
    _secret("kubernetes credentials", "**/.kube/config **/kubeconfig.yaml **/kubeconfig.yml **/*.kubeconfig", "access to a cluster",
            ".kube/config", "pkg/kubeconfig/load.go"),
    _secret("package registry token", "**/.npmrc **/.pypirc **/.netrc **/_netrc **/.docker/config.json **/.dockercfg "
            "**/.dockerconfigjson **/.composer/auth.json **/.gem/credentials **/.cargo/credentials **/.cargo/credentials.toml "
            "**/.m2/settings-security.xml", "a token of a package registry", "web/.npmrc", ".cargo/config.toml"),
    _secret("git credentials", "**/.git-credentials **/.config/gh/hosts.yml", "a token of a forge", ".git-credentials", ".gitconfig"),
    _secret("password store", "**/.htpasswd **/.pgpass **/.my.cnf **/*.kdbx **/.vault-token **/.vault_pass **/.vault_pass.txt "
            "**/.streamlit/secrets.toml", "passwords", "db/.pgpass", "db/pass.sql"),
    _secret("terraform variables", "**/*.auto.tfvars **/terraform.tfvars **/*.tfstate **/.terraformrc", "secrets of an infrastructure",
            "infra/terraform.tfvars", "infra/example.tfvars"),
)  # fmt: skip
