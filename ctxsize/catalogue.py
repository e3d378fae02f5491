"""What nobody wants in an image, and what must never get into one: data, one entry a line of thought.

Patterns are written as in an ignore file. A name that is often real source (``build``, ``bin``, ``dist``, ``target``,
``vendor``, ``env``, ``coverage``) stands here only with something beside it that tells; a build that reads such a
folder by name keeps it in any case. Every entry has a path that it must match and one that it must not.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["JUNK", "SECRETS", "Junk", "Secret"]


@dataclass(frozen=True, slots=True)
class Junk:
    """Likely waste. ``why`` says what it is in few words; ``example`` is matched, ``counter_example`` is not."""

    name: str
    patterns: tuple[str, ...]
    why: str
    example: str
    counter_example: str
    ecosystem: str


@dataclass(frozen=True, slots=True)
class Secret:
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
    _junk("node", "node_modules", "**/node_modules", "packages that the build installs itself",
          "web/node_modules/left-pad/index.js", "src/node_modules.ts"),
    _junk("node", ".next cache", "**/.next **/.nuxt **/.svelte-kit **/.angular/cache", "a framework's build output",
          "web/.next/cache/a.js", "web/next.config.js"),
    _junk("node", "bundler cache", "**/.parcel-cache **/.turbo **/.vite **/.rollup.cache **/.nx/cache",
          "a bundler's cache", "web/.turbo/run.log", "web/vite.config.ts"),
    _junk("node", "package manager cache", "**/.npm **/.pnpm-store **/.yarn/cache **/.yarn/unplugged",
          "a package manager's cache", ".npm/_cacache/a", ".yarn/releases/yarn.cjs"),
    _junk("node", "eslint cache", "**/.eslintcache **/.stylelintcache **/*.tsbuildinfo", "a linter's or compiler's cache",
          "web/.eslintcache", "web/.eslintrc.json"),
    _junk("node", "node logs", "**/npm-debug.log* **/yarn-debug.log* **/yarn-error.log* **/pnpm-debug.log*",
          "a package manager's log", "npm-debug.log.1", "src/debug.ts"),
    # --- python ---
    _junk("python", "bytecode", "**/__pycache__ **/*.pyc **/*.pyo", "bytecode of another interpreter",
          "app/__pycache__/main.cpython-312.pyc", "app/pycache.py"),
    _junk("python", "virtual environment", "**/.venv **/venv/pyvenv.cfg **/venv/bin **/venv/lib **/venv/lib64 **/venv/include",
          "a virtual environment", ".venv/bin/python", "src/venv.py"),
    _junk("python", "python tool cache", "**/.mypy_cache **/.pytest_cache **/.ruff_cache **/.pytype **/.hypothesis **/.tox **/.nox",
          "a tool's cache", ".mypy_cache/3.12/a.json", "mypy.ini"),
    _junk("python", "egg info", "**/*.egg-info **/.eggs", "metadata of an installed package",
          "app.egg-info/PKG-INFO", "app/info.py"),
    _junk("python", "notebook checkpoints", "**/.ipynb_checkpoints", "saved states of notebooks",
          "nb/.ipynb_checkpoints/a.ipynb", "nb/a.ipynb"),
    # --- rust, go ---
    _junk("rust", "cargo target", "**/target/debug **/target/release **/target/CACHEDIR.TAG **/target/.rustc_info.json",
          "Cargo's build output", "target/debug/deps/a.rlib", "src/target/mod.rs"),
    _junk("rust", "rustfmt backups", "**/*.rs.bk", "backups of the formatter", "src/main.rs.bk", "src/main.rs"),
    _junk("go", "go test output", "**/*.test.exe **/cover.out **/coverage.out **/*.prof", "output of go test",
          "pkg/cover.out", "pkg/cover.go"),
    # --- jvm ---
    _junk("jvm", "gradle cache", "**/.gradle **/.kotlin/sessions", "Gradle's cache", ".gradle/8.5/a.bin",
          "gradle/wrapper/gradle-wrapper.jar"),
    _junk("jvm", "maven output", "**/target/classes **/target/test-classes **/target/surefire-reports "
          "**/target/maven-status", "Maven's build output", "app/target/classes/A.class", "app/src/target/A.java"),
    _junk("jvm", "scala tooling", "**/.bloop **/.metals **/.bsp", "a language server's state", ".bloop/app.json",
          "project/plugins.sbt"),
    # --- dotnet ---
    _junk("dotnet", "dotnet output", "**/obj/project.assets.json **/obj/Debug **/obj/Release **/bin/Debug **/bin/Release",
          "output of the .NET build", "api/bin/Debug/net8.0/api.dll", "api/bin/run.sh"),
    _junk("dotnet", "visual studio state", "**/.vs **/*.user **/*.suo", "an editor's state for one person",
          "api/.vs/api/v17/a.suo", "api/api.csproj"),
    # --- php, ruby, elixir ---
    _junk("php", "php tool cache", "**/.phpunit.result.cache **/.phpunit.cache **/.php-cs-fixer.cache", "a tool's cache",
          ".phpunit.cache/test-results", "phpunit.xml"),
    _junk("ruby", "bundle", "**/.bundle **/vendor/bundle", "gems that the build installs itself",
          "vendor/bundle/ruby/3.3.0/a.rb", "vendor/plugins/a.rb"),
    _junk("ruby", "rails leftovers", "**/tmp/cache/bootsnap **/tmp/pids **/log/development.log **/log/test.log",
          "state of a running application", "log/development.log", "log/.keep"),
    _junk("elixir", "mix output", "**/_build/dev **/_build/test **/_build/prod **/.elixir_ls", "output of mix",
          "_build/dev/lib/app/a.beam", "lib/build.ex"),
    # --- terraform ---
    _junk("terraform", "terraform state", "**/.terraform **/*.tfstate **/*.tfstate.backup **/.terragrunt-cache",
          "providers and state", "infra/.terraform/providers/a", "infra/main.tf"),
    # --- editors, operating systems, version control ---
    _junk("editors", "editor settings", "**/.idea **/.vscode **/*.iml **/.fleet", "an editor's settings",
          ".idea/workspace.xml", "idea/plan.md"),
    _junk("editors", "editor leftovers", "**/*.swp **/*.swo **/*~ **/.#* **/*.orig **/*.rej", "an editor's or merge's leftovers",
          "src/.main.py.swp", "src/swap.py"),
    _junk("os", "desktop files", "**/.DS_Store **/Thumbs.db **/desktop.ini **/._*", "a file manager's notes",
          "docs/.DS_Store", "docs/store.md"),
    _junk("vcs", "git history", "**/.git", "the history of the repository", ".git/objects/aa/1", ".gitattributes"),
    _junk("vcs", "other history", "**/.hg **/.svn **/.bzr **/CVS/Entries", "the history of the repository",
          ".svn/entries", "src/hg.py"),
    _junk("vcs", "forge settings", ".github .gitlab .circleci .gitlab-ci.yml .travis.yml .drone.yml", "settings of the forge",
          ".github/workflows/ci.yml", "src/.github.py"),
    # --- caches, tests, data ---
    _junk("caches", "sass cache", "**/.sass-cache **/.cache", "a cache", ".cache/a/b", "src/cache/a.py"),
    _junk("tests", "coverage reports", "**/htmlcov **/.coverage **/.coverage.* **/.nyc_output **/coverage/lcov-report "
          "**/coverage/lcov.info **/coverage/coverage-final.json", "reports of a test run", "coverage/lcov-report/index.html",
          "src/coverage/report.py"),
    _junk("tests", "browser test output", "**/playwright-report **/test-results/.last-run.json **/cypress/videos "
          "**/cypress/screenshots", "recordings of a test run", "web/cypress/videos/a.mp4", "web/cypress/e2e/a.ts"),
    _junk("logs", "crash dumps", "**/core.[0-9]* **/hs_err_pid*.log **/*.dmp **/*.hprof", "a crash dump",
          "hs_err_pid77.log", "src/core.py"),
    _junk("vms", "vagrant", "**/.vagrant", "a virtual machine's state", ".vagrant/machines/a", "Vagrantfile"),
)  # fmt: skip


def _secret(name: str, patterns: str, why: str, example: str, counter_example: str) -> Secret:
    return Secret(name, tuple(patterns.split()), why, example, counter_example)


SECRETS: tuple[Secret, ...] = (
    _secret("environment file", "**/.env **/.env.* !**/.env.example !**/.env.sample !**/.env.template !**/.env.dist "
            "!**/.env.defaults !**/.env.test !**/.env.schema", "passwords and keys of an environment", "api/.env.local",
            "api/.env.example"),
    _secret("ssh key", "**/id_rsa **/id_dsa **/id_ecdsa **/id_ed25519", "a private SSH key", "deploy/id_ed25519",
            "deploy/id_ed25519.pub"),
    _secret("private key", "**/*.pem **/*.key **/*.p12 **/*.pfx **/*.jks **/*.keystore !**/cacert.pem !**/ca.pem "
            "!**/ca-cert.pem !**/*.pub.key", "a private key or key store", "certs/server.key", "certs/cacert.pem"),
    _secret("cloud credentials", "**/.aws/credentials **/.azure/accessTokens.json **/.config/gcloud "
            "**/service-account*.json **/gcp-key*.json", "credentials of a cloud", ".aws/credentials", ".aws/config"),
    _secret("kubernetes credentials", "**/.kube/config **/kubeconfig", "access to a cluster", ".kube/config",
            "deploy/kube/config.yml"),
    _secret("package registry token", "**/.npmrc **/.pypirc **/.netrc **/_netrc **/.docker/config.json "
            "**/.composer/auth.json **/.gem/credentials", "a token of a package registry", "web/.npmrc", "web/npmrc.md"),
    _secret("password store", "**/.htpasswd **/.pgpass **/.my.cnf **/*.kdbx", "passwords", "db/.pgpass", "db/pass.sql"),
    _secret("terraform variables", "**/*.auto.tfvars **/terraform.tfvars **/*.tfstate", "secrets of an infrastructure",
            "infra/terraform.tfvars", "infra/variables.tf"),
)  # fmt: skip
