/** The directories in a state directory that are ours: whatever else is in there is not. */
export const kept = { routes: 'routes', manifests: 'manifests', uploads: 'uploads' } as const;
