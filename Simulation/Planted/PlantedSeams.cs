using TimeSeries.Alerting.Evaluation;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Simulation.Node;

namespace TimeSeries.Simulation.Planted;

/// <summary>The seams of a node in which a fault is planted.</summary>
internal sealed class PlantedSeams(PlantedFault fault) : NodeSeams
{
    public override IFileSystem Disk(IFileSystem disk) =>
        fault is PlantedFault.LostFlush or PlantedFault.MissedDirectoryFlush ? new FlushlessDisk(disk, fault) : disk;

    public override ISampleStore RecoveryStore(ISampleStore store) => fault == PlantedFault.DoubleReplay ? new TwiceWritingStore(store) : store;

    public override ISampleReader Reader(ISampleReader reader) => fault == PlantedFault.StaleSnapshot ? new StaleReader(reader) : reader;

    public override IAlertWriter AlertWriter(IAlertWriter writer) => fault == PlantedFault.EarlyNotice ? new HastyAlertWriter(writer) : writer;

    public override IBatchSubmitter Submitter(IBatchSubmitter submitter) =>
        fault == PlantedFault.EarlyAcknowledgement ? new HastySubmitter(submitter) : submitter;
}
