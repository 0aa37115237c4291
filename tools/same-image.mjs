// Builds the image twice without a cache and says whether its layers are the same: npm run image:check
import { execFileSync } from 'node:child_process';

const docker = (...args) =>
  execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const epoch = execFileSync('git', ['log', '-1', '--format=%ct'], { encoding: 'utf8' }).trim();

function layersOf(name) {
  docker(
    'build',
    '--no-cache',
    '--network',
    'host',
    '--build-arg',
    `SOURCE_DATE_EPOCH=${epoch}`,
    '--tag',
    name,
    '.',
  );
  const layers = JSON.parse(docker('image', 'inspect', '--format', '{{json .RootFS.Layers}}', name));
  docker('image', 'rm', name);
  return layers;
}

const [first, second] = [1, 2].map((n) => layersOf(`jimo-webhooks:same-${n}`));
const differing = first.filter((layer, i) => layer !== second[i]);
process.stdout.write(`${first.length} layers, ${differing.length} of them differ\n`);
if (differing.length > 0 || first.length !== second.length) process.exitCode = 1;
