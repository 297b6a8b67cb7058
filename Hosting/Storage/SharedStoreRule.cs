using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Hosting.Storage;

/// <summary><c>Ingest</c> and <c>Query</c> as processes need a store that they can share, and the same projects in each.</summary>
/// <param name="host">Name of the host.</param>
/// <param name="storage">Which store the host is configured with.</param>
/// <param name="projects">The projects that it is configured with.</param>
internal sealed class SharedStoreRule(string host, SectionOptions<StorageOptions> storage, SectionOptions<ProjectListOptions> projects)
    : IValidateOptions<HostStart>
{
    public ValidateOptionsResult Validate(string? name, HostStart options)
    {
        ValidateOptionsResultBuilder result = new();
        if (storage.Unvalidated.Kind == StorageKind.Embedded)
        {
            result.AddError(
                $"Storage:Kind: {host} does not run on its own on the embedded store, since one process owns its directory: "
                + "start Server instead (dotnet run -c Release --project Server), or set Storage:Kind=influx.");
        }

        if (projects.Unvalidated.Projects.Count == 0)
        {
            result.AddError($"Projects: none is configured; {host} shares its store with other processes, so each is to be told the same projects and tokens.");
        }

        return result.Build();
    }
}
