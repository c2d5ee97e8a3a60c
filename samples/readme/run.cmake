# Runs PROGRAM on a fresh DATABASE.
get_filename_component(folder "${DATABASE}" DIRECTORY)
file(REMOVE_RECURSE "${folder}")
file(MAKE_DIRECTORY "${folder}")
execute_process(COMMAND ${PROGRAM} "sqlite:${DATABASE}" COMMAND_ERROR_IS_FATAL ANY)
