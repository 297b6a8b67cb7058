using TimeSeries.Hosting.Running;
using TimeSeries.Hosting.Storage;
using TimeSeries.Server;

if (!DescriptorLimit.Suffices())
{
    return HostProgram.Failed;
}

return await HostProgram.RunAsync(
    "TimeSeries Server", DirectoryCommands.WithDirectory(args), ServerHost.BuildProgram,
    DeadLetterCommand.Command, DirectoryCommands.Verify, DirectoryCommands.Repair);
