using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Hosting.Storage;

/// <summary>What <c>Ingest</c> and <c>Query</c> need as processes of their own: a store that they can share, and the same projects in each.</summary>
/// <param name="host">Name of the host.</param>
internal sealed class SharedStoreRule(string host) : IValidateOptions<StorageOptions>, IValidateOptions<ProjectListOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options) => options.Kind == StorageKind.Embedded
        ? ValidateOptionsResult.Fail(
            $"Storage:Kind: {host} does not run on its own on the embedded store, since one process owns its directory: "
            + "start Server instead (dotnet run -c Release --project Server), or set Storage:Kind=influx.")
        : ValidateOptionsResult.Success;

    public ValidateOptionsResult Validate(string? name, ProjectListOptions options) => options.Projects.Count == 0
        ? ValidateOptionsResult.Fail($"Projects: none is configured; {host} shares its store with other processes, so each is to be told the same projects and tokens.")
        : ValidateOptionsResult.Success;
}
