// Figures and checked captions of many loci: one process, to run as it is or to include in a pipeline of your own.
//
//     nextflow run main.nf --tracks 'example/*.{bw,narrowPeak,gtf}' --loci example/loci.txt --assembly simulated
//
// The loci go to the tasks in parts. A task begins in an empty folder, so it is Nextflow that resumes (-resume):
// parts that are done are not read again.

params.tracks = null      // files, drawn in the order of their names
params.loci = null        // BED, or one locus a line: chr1:100,001-240,000, a gene
params.assembly = null
params.out = 'readings'
params.options = '--model builtin --lang en'  // any others of `locution read`
params.loci_a_task = 50

process LOCUTION {
    tag "${loci.baseName}"
    cpus 4
    memory '3 GB'
    publishDir params.out, mode: 'copy'

    input:
    path tracks
    path loci
    val assembly
    val options

    output:
    path "${loci.baseName}", emit: readings
    path "${loci.baseName}/captions.tsv", emit: captions
    path "${loci.baseName}/claims.tsv", emit: claims

    // Exit status 1: some loci failed. The others are done, and captions.tsv says why: that ends no pipeline.
    // Put --strict among the options where it should.
    script:
    """
    locution read ${tracks} --regions ${loci} --assembly ${assembly} ${options} \\
        --quiet -j ${task.cpus} --out ${loci.baseName} || [ \$? -eq 1 ]
    """
}

workflow {
    tracks = channel.fromPath(params.tracks, checkIfExists: true).collect(sort: true)
    loci = channel.fromPath(params.loci, checkIfExists: true).splitText(by: params.loci_a_task, file: true)
    LOCUTION(tracks, loci, params.assembly, params.options)
    LOCUTION.out.captions.collectFile(name: 'captions.tsv', keepHeader: true, storeDir: params.out)
}
