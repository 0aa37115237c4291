/**
 * The packages of schemas are for `import` only.
 *
 * @jest-environment-options {"customExportConditions": ["import", "node", "node-addons"]}
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAppPlaces } from '@app/platform';
import { PROJECTORS } from '@app/projections';
import * as keda from '@kubernetes-models/keda/keda.sh/v1alpha1';
import * as apps from 'kubernetes-models/apps/v1';
import * as autoscaling from 'kubernetes-models/autoscaling/v2';
import * as batch from 'kubernetes-models/batch/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import { parse, parseAllDocuments } from 'yaml';

const FOLDER = join(__dirname, '../../deploy/kubernetes');

/** The schemas that the Kubernetes project and KEDA publish, as classes. */
const SCHEMAS: Readonly<Record<string, object>> = {
  v1: core,
  'apps/v1': apps,
  'autoscaling/v2': autoscaling,
  'batch/v1': batch,
  'networking.k8s.io/v1': networking,
  'policy/v1': policy,
  'keda.sh/v1alpha1': keda,
};

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
  readonly spec: Record<string, unknown>;
}

interface Container {
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext: unknown;
  readonly resources: { readonly requests: object; readonly limits: { readonly memory: string } };
  readonly volumeMounts: readonly { readonly name: string }[];
  readonly envFrom: readonly { readonly secretRef?: { readonly name: string } }[];
}
interface PodSpec {
  readonly containers: readonly Container[];
  readonly volumes: readonly { readonly name: string }[];
  readonly securityContext: unknown;
  readonly terminationGracePeriodSeconds?: number;
}

const kustomization = (folder: string) =>
  parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as { resources: string[] };

function manifestsIn(folder: string): Manifest[] {
  return kustomization(folder).resources.flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => {
      expect(document.errors).toEqual([]);
      return document.toJS() as Manifest;
    }),
  );
}

const base = manifestsIn(FOLDER);
const scaled = manifestsIn(join(FOLDER, 'lag-scaling'));
const all = [...base, ...scaled];
const ofKind = (kind: string): Manifest[] => all.filter((manifest) => manifest.kind === kind);
const podOf = ({ spec }: Manifest): PodSpec => (spec['template'] as { spec: PodSpec }).spec;
const namesOf = (manifests: readonly Manifest[]): string[] =>
  manifests.map(({ metadata }) => metadata.name).sort();

const APPS = ['gateway', 'read-api', ...PROJECTORS].sort();

describe('the Kubernetes manifests', () => {
  it.each(all.map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest] as const))(
    '%s is valid by its published schema',
    (_name, manifest) => {
      const Model = (
        SCHEMAS[manifest.apiVersion] as Record<string, new (data: object) => { validate(): void }>
      )[manifest.kind];
      expect(Model).toBeDefined();
      new Model!(manifest).validate();
    },
  );

  it('are refused when a field is misspelt', () => {
    const [deployment] = ofKind('Deployment');
    const { replicas, ...spec } = deployment!.spec;
    const Model = apps.Deployment as unknown as new (data: object) => { validate(): void };
    expect(() =>
      new Model({ ...deployment, spec: { ...spec, replicas: String(replicas) } }).validate(),
    ).toThrow();
  });

  it('are all listed, and each app runs, once, with a budget for disruptions', () => {
    const files = readdirSync(FOLDER).filter(
      (file) => file.endsWith('.yaml') && file !== 'kustomization.yaml',
    );
    expect(kustomization(FOLDER).resources.toSorted()).toEqual(files.sort());
    expect(namesOf(ofKind('Deployment'))).toEqual(APPS);
    expect(namesOf(ofKind('PodDisruptionBudget'))).toEqual(APPS);
    for (const deployment of ofKind('Deployment')) {
      const { name } = deployment.metadata;
      expect(podOf(deployment).containers[0]!.command).toEqual(['node', `dist/apps/${name}/src/main.js`]);
    }
  });

  it('scale the apps without state by load, and the projectors by lag', () => {
    expect(namesOf(ofKind('HorizontalPodAutoscaler'))).toEqual(['gateway', 'read-api']);
    expect(namesOf(ofKind('ScaledObject'))).toEqual([...PROJECTORS].sort());
  });

  it('select the pods that they mean', () => {
    for (const { kind, metadata, spec } of all) {
      const selector = (spec?.['selector'] ?? {}) as { matchLabels?: object };
      const labels = selector.matchLabels ?? selector;
      if (['Deployment', 'PodDisruptionBudget', 'Service'].includes(kind))
        expect({ kind, labels }).toEqual({
          kind,
          // A headless Service of an app beside the one that is called.
          labels: { 'app.kubernetes.io/name': metadata.name.replace(/-instances$/, '') },
        });
    }
  });

  it('let the read API ask every pod of every app for its health', () => {
    const headless = ofKind('Service').filter(({ spec }) => spec['clusterIP'] === 'None');
    expect(namesOf(headless)).toEqual(APPS.map((app) => `${app}-instances`));
    for (const { spec } of headless) expect(spec['publishNotReadyAddresses']).toBe(true);
    const [container] = podOf(
      ofKind('Deployment').find(({ metadata }) => metadata.name === 'read-api')!,
    ).containers;
    const setting = container!.env.find(({ name }) => name === 'HEALTH_APPS')!.value!;
    const places = parseAppPlaces(setting).map(({ name, url }) => [name, url.href]);
    expect(places.sort()).toEqual(APPS.map((app) => [app, `http://${app}-instances:3000/`]));
  });

  it.each(
    [...ofKind('Deployment'), ...ofKind('Job')].map(
      (manifest) => [manifest.metadata.name, manifest] as const,
    ),
  )('%s runs without rights that it does not need, and cannot take the node’s memory', (name, manifest) => {
    const pod = podOf(manifest);
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    const [container] = pod.containers;
    expect(container!.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container!.resources.limits.memory).toMatch(/^\d+Mi$/);
    const mounted = container!.volumeMounts.map((mount) => mount.name).sort();
    expect(mounted).toEqual(pod.volumes.map((volume) => volume.name).sort());
    // Each app has credentials of its own.
    const secrets = container!.envFrom.flatMap(({ secretRef }) => (secretRef ? [secretRef.name] : []));
    expect(secrets).toEqual([name === 'setup' ? 'ops' : name]);
  });
});
