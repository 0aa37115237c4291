// Checked without an import, because an older Node could not load the modules that would report it.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    `This needs Node 24 or newer, but was started with ${process.versions.node}. Start it with an npm script: ` +
      'Node 24 is among the installed packages and comes first on its PATH.\n',
  );
  process.exit(1);
}

void import('./cli.js').then(({ run }) => run(process.argv));
